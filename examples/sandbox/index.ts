import { type IRequest, Router } from "itty-router";
import { Book } from "./book";
import { readConfig, type Vars } from "./config";
import { controlSetting, readBook, resetBook } from "./control";
import { createMessage } from "./create-message";
import { listPhones, readPhone } from "./phones";
import { listMessages, readMessage } from "./read-messages";
import { errorResponse } from "./twilio-errors";

export { Book };

/** The vars and the binding of `wrangler.toml`. */
interface Env extends Vars {
  BOOK: DurableObjectNamespace<Book>;
}

const MESSAGES = "/2010-04-01/Accounts/:account/Messages";

/** One book for all accounts, so that the sums of a demo come from one place. A stub is made anew for each request. */
const bookOf = (env: Env) => env.BOOK.getByName("book");

const router = Router<IRequest, [Env]>();
router
  .get("/healthz", () => new Response("ok\n"))
  .post(`${MESSAGES}.json`, (request, env) => createMessage(request, request.params.account ?? "", bookOf(env), readConfig(env).accounts))
  .get(`${MESSAGES}.json`, (request, env) => listMessages(request, request.params.account ?? "", bookOf(env), readConfig(env).accounts))
  .get(`${MESSAGES}/:sid.json`, (request, env) => {
    const { account = "", sid = "" } = request.params;
    return readMessage(request, { account, sid }, bookOf(env), readConfig(env).accounts);
  })
  .get("/phones", (request, env) => listPhones(request, bookOf(env)))
  .get("/phones/:number", (request, env) => readPhone(request, request.params.number ?? "", bookOf(env)))
  .get("/control/book", (request, env) => readBook(request, bookOf(env)))
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
