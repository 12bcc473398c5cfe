import { type IRequest, Router } from "itty-router";
import { callAlibaba } from "./alibaba-wire.ts";
import { Book } from "./book.ts";
import { readConfig, type Vars } from "./config.ts";
import { controlSetting, readBook, readCalls, resetBook } from "./control.ts";
import { createMessage } from "./create-message.ts";
import { listPhones, readPhone } from "./phones.ts";
import { listMessages, readBalance, readMessage } from "./read-messages.ts";
import { callTencent } from "./tencent-wire.ts";
import { errorResponse } from "./twilio-errors.ts";

export { Book };

/** The vars and the binding of `wrangler.toml`. */
interface Env extends Vars {
  BOOK: DurableObjectNamespace<Book>;
}

const ACCOUNT = "/2010-04-01/Accounts/:account";
const MESSAGES = `${ACCOUNT}/Messages`;

/** One book for all carriers and accounts, so that the sums of a demo come from one place. A stub is made anew for each request. */
const bookOf = (env: Env) => env.BOOK.getByName("book");

const router = Router<IRequest, [Env]>();
router
  .get("/healthz", () => new Response("ok\n"))
  .post(`${MESSAGES}.json`, (request, env) => createMessage(request, request.params.account ?? "", bookOf(env), readConfig(env)))
  .get(`${MESSAGES}.json`, (request, env) => listMessages(request, request.params.account ?? "", bookOf(env), readConfig(env)))
  .get(`${MESSAGES}/:sid.json`, (request, env) => {
    const { account = "", sid = "" } = request.params;
    return readMessage(request, { account, sid }, bookOf(env), readConfig(env));
  })
  .get(`${ACCOUNT}/Balance.json`, (request, env) => readBalance(request, request.params.account ?? "", bookOf(env), readConfig(env)))
  // Alibaba and Tencent have one address each; a header names the action.
  .all("/", (request, env) => {
    if (request.headers.has("x-acs-action")) return callAlibaba(request, bookOf(env), readConfig(env).alibaba);
    if (request.headers.has("x-tc-action")) return callTencent(request, bookOf(env), readConfig(env).tencent);
    return undefined;
  })
  .get("/phones", (request, env) => listPhones(request, bookOf(env)))
  .get("/phones/:number", (request, env) => readPhone(request, request.params.number ?? "", bookOf(env)))
  .get("/control/book", (request, env) => readBook(request, bookOf(env)))
  .get("/control/calls", (request, env) => readCalls(request, bookOf(env)))
  .post("/control/reset", (_request, env) => resetBook(bookOf(env)))
  .get("/control/:name", (request, env) => controlSetting(request, request.params.name ?? "", bookOf(env)))
  .put("/control/:name", (request, env) => controlSetting(request, request.params.name ?? "", bookOf(env)))
  .all("*", (request) => errorResponse({ code: 20404, value: new URL(request.url).pathname }));

/** What nobody foresaw is answered as the vendor would answer its own trouble; what it was stands in the log only. */
export default {
  async fetch(request, env) {
    try {
      return await router.fetch(request, env);
    } catch (error) {
      console.error(error);
      return errorResponse({ code: 20500 });
    }
  },
} satisfies ExportedHandler<Env>;
