import { type IRequestStrict, Router } from "itty-router";
import { acceptEvents } from "./accept/accept-events.ts";
import { authenticate, type Caller } from "./accept/authenticate.ts";
import { deletePause, listPauses, postPause } from "./accept/change-pauses.ts";
import { createTenant } from "./accept/create-tenant.ts";
import { listDeadLetters } from "./accept/list-dead-letters.ts";
import { postPreview } from "./accept/post-preview.ts";
import { postSimulation } from "./accept/post-simulation.ts";
import { problemOf, problemResponse } from "./accept/problem.ts";
import { putCatalog } from "./accept/put-catalog.ts";
import { putRecipient } from "./accept/put-recipient.ts";
import { recover } from "./accept/recover.ts";
import { replayDeadLetters } from "./accept/replay-dead-letters.ts";
import { showCarriers } from "./accept/show-carriers.ts";
import { listMessages, showMessage } from "./accept/show-messages.ts";
import { cancelKey, cancelMessage, rescheduleKey, verifiedMessage } from "./accept/take-back-messages.ts";
import { takeReceipts } from "./accept/take-callback.ts";
import { testCarrier } from "./accept/test-carrier.ts";
import type { KeyScope } from "./store/keys.ts";
import { log } from "./support/log.ts";
import type { Wiring } from "./wiring.ts";

/** One line of the URL table. `scope`: what the key must have; `open`: the handler checks the caller by itself. */
export interface Line {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly scope: KeyScope | "open";
  readonly handle: (
    request: Request,
    parameters: Readonly<Record<string, string>>,
    wiring: Wiring,
    caller: Caller,
  ) => Promise<Response> | Response;
}

const NOBODY: Caller = { tenant: "", scopes: [] };

/** Every address of the Worker. */
export const URL_TABLE: readonly Line[] = [
  { method: "GET", path: "/healthz", scope: "open", handle: () => Response.json({ status: "ok" }) },
  { method: "POST", path: "/v1/tenants", scope: "open", handle: (request, _, { accept }) => createTenant(request, accept) },
  {
    method: "POST",
    path: "/v1/events",
    scope: "events",
    handle: (request, _, { accept }, caller) => acceptEvents(request, caller, accept),
  },
  { method: "PUT", path: "/v1/catalog", scope: "admin", handle: (request, _, { accept }, caller) => putCatalog(request, caller, accept) },
  {
    method: "PUT",
    path: "/v1/recipients/:id",
    scope: "admin",
    handle: (request, { id = "" }, { accept }, caller) => putRecipient(request, id, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/simulations",
    scope: "admin",
    handle: (request, _, { accept }, caller) => postSimulation(request, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/templates/preview",
    scope: "admin",
    handle: (request, _, { accept }, caller) => postPreview(request, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/recipients/:id/cancel",
    scope: "admin",
    handle: (request, { id = "" }, { accept }, caller) => cancelKey(request, id, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/recipients/:id/reschedule",
    scope: "admin",
    handle: (request, { id = "" }, { accept }, caller) => rescheduleKey(request, id, caller, accept),
  },
  { method: "GET", path: "/v1/pauses", scope: "admin", handle: (_request, _, { accept }, caller) => listPauses(caller, accept) },
  { method: "POST", path: "/v1/pauses", scope: "admin", handle: (request, _, { accept }, caller) => postPause(request, caller, accept) },
  {
    method: "DELETE",
    path: "/v1/pauses",
    scope: "admin",
    handle: (request, _, { accept }, caller) => deletePause(request, caller, accept),
  },
  { method: "POST", path: "/v1/recover", scope: "admin", handle: (request, _, { accept }, caller) => recover(request, caller, accept) },
  {
    method: "GET",
    path: "/v1/dead-letters",
    scope: "read",
    handle: (request, _, { accept }, caller) => listDeadLetters(request, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/dead-letters/replay",
    scope: "admin",
    handle: (request, _, { accept }, caller) => replayDeadLetters(request, caller, accept),
  },
  { method: "GET", path: "/v1/carriers", scope: "read", handle: (_request, _, { accept }, caller) => showCarriers(caller, accept) },
  {
    method: "POST",
    path: "/v1/carriers/:name/test",
    scope: "admin",
    handle: (request, { name = "" }, { accept }, caller) => testCarrier(request, name, caller, accept),
  },
  { method: "GET", path: "/v1/messages", scope: "read", handle: (request, _, { accept }, caller) => listMessages(request, caller, accept) },
  {
    method: "GET",
    path: "/v1/messages/:id",
    scope: "read",
    handle: (_request, { id = "" }, { accept }, caller) => showMessage(id, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/messages/:id/cancel",
    scope: "events",
    handle: (_request, { id = "" }, { accept }, caller) => cancelMessage(id, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/messages/:id/verified",
    scope: "events",
    handle: (_request, { id = "" }, { accept }, caller) => verifiedMessage(id, caller, accept),
  },
  {
    // Vendors' consoles look at an address before they post to it.
    method: "GET",
    path: "/carriers/:tenant/:carrier/:token/receipts",
    scope: "open",
    handle: (request, { tenant = "", carrier = "", token = "" }, { accept }) => takeReceipts(request, { tenant, carrier, token }, accept),
  },
  {
    method: "POST",
    path: "/carriers/:tenant/:carrier/:token/receipts",
    scope: "open",
    handle: (request, { tenant = "", carrier = "", token = "" }, { accept }) => takeReceipts(request, { tenant, carrier, token }, accept),
  },
];

/** Answers requests by the table; what goes wrong inside never shows outside. */
export function routerOf(wiring: Wiring): { readonly fetch: (request: Request) => Promise<Response> } {
  const router = Router({ catch: failed });
  for (const line of URL_TABLE) {
    const handler = (request: IRequestStrict): Promise<Response> => answer(line, request, wiring);
    if (line.method === "GET") router.get<IRequestStrict>(line.path, handler);
    else if (line.method === "DELETE") router.delete<IRequestStrict>(line.path, handler);
    else if (line.method === "PUT") router.put<IRequestStrict>(line.path, handler);
    else router.post<IRequestStrict>(line.path, handler);
  }
  const lines = [...router.routes];
  router.all("*", ({ url }: IRequestStrict) => {
    const { pathname } = new URL(url);
    const methods = lines.flatMap(([method, path]) => (path.test(pathname) ? [method] : []));
    if (methods.length === 0) return problemResponse(problemOf("not-found", "There is nothing at this address."));
    return problemResponse(problemOf("method-not-allowed", `It takes ${methods.join(", ")}.`), { allow: methods.join(", ") });
  });
  return router;
}

async function answer({ scope, handle }: Line, request: IRequestStrict, wiring: Wiring): Promise<Response> {
  const parameters = decoded(request.params);
  if (!parameters) return problemResponse(problemOf("not-found", "The address is not well percent-encoded."));
  if (scope === "open") return handle(request, parameters, wiring, NOBODY);
  const caller = await authenticate(request, scope, wiring.accept);
  if (!caller.ok) return problemResponse(caller.problem, caller.problem.status === 401 ? { "www-authenticate": "Bearer" } : {});
  return handle(request, parameters, wiring, caller.value);
}

function decoded(parameters: Readonly<Record<string, string>>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    return undefined;
  }
}

/** A fault of ours. It is told by its name in the log only: a message may quote what is personal. */
function failed(error: Error, request: Request): Response {
  log("error", "request.failed", { method: request.method, error: error.name });
  return problemResponse(problemOf("unavailable", "It could not be done now. Ask again; what was kept already is not done twice."));
}
