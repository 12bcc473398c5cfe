import { type IRequestStrict, Router } from "itty-router";
import { authenticate, type Caller } from "./accept/authenticate.ts";
import { problemOf, problemResponse } from "./accept/problem.ts";
import { ADMINISTRATION_LINES } from "./routes-administration.ts";
import { AUDIT_LINES } from "./routes-audit.ts";
import type { Line } from "./routes-line.ts";
import { MESSAGES_LINES } from "./routes-messages.ts";
import { RECIPIENT_LINES } from "./routes-recipients.ts";
import { TOPICS_LINES } from "./routes-topics.ts";
import { log } from "./support/log.ts";
import type { Wiring } from "./wiring.ts";

const NOBODY: Caller = { tenant: "", key: "", scopes: [] };

/** Every address of the Worker. */
export const URL_TABLE: readonly Line[] = [...MESSAGES_LINES, ...RECIPIENT_LINES, ...TOPICS_LINES, ...ADMINISTRATION_LINES, ...AUDIT_LINES];

/** Has work go on after the answer has left. */
export type Beside = (work: Promise<void>) => void;

/** Answers requests by the table; what goes wrong inside never shows outside. */
export function routerOf(wiring: Wiring): { readonly fetch: (request: Request, beside?: Beside) => Promise<Response> } {
  const router = Router<IRequestStrict, [beside?: Beside]>({ catch: failed });
  for (const line of URL_TABLE) {
    const handler = (request: IRequestStrict, beside?: Beside): Promise<Response> => answer(line, request, wiring, beside);
    if (line.method === "GET") router.get(line.path, handler);
    else if (line.method === "DELETE") router.delete(line.path, handler);
    else if (line.method === "PUT") router.put(line.path, handler);
    else if (line.method === "PATCH") router.patch(line.path, handler);
    else router.post(line.path, handler);
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

async function answer({ scope, handle, byNotice }: Line, request: IRequestStrict, wiring: Wiring, beside?: Beside): Promise<Response> {
  const parameters = decoded(request.params);
  if (!parameters) return problemResponse(problemOf("not-found", "The address is not well percent-encoded."));
  if (scope === "open") return handle(request, parameters, wiring, NOBODY);
  const caller = await authenticate(request, scope, wiring.accept);
  if (!caller.ok) return problemResponse(caller.problem, caller.problem.status === 401 ? { "www-authenticate": "Bearer" } : {});
  beside?.(wiring.accept.noteKeyUse(caller.value.key));
  if (caller.value.limits?.notices && !byNotice)
    return problemResponse(problemOf("forbidden", "The key is for some notices only, and this is about more than messages of notices."));
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
