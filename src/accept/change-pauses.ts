import * as z from "zod";
import type { ActiveCatalog } from "../store/compiled-catalog.ts";
import type { Pause } from "../store/pauses.ts";
import { isoOf } from "../support/clock.ts";
import { closestName } from "../support/closest-name.ts";
import { issueAt } from "../support/issues.ts";
import type { AuditEntry } from "../vocabulary/audit.ts";
import { noticeClass } from "../vocabulary/classes.ts";
import { catalogName } from "../vocabulary/identifiers.ts";
import { auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { readJson } from "./read-json.ts";

/** What is to be paused or let go: exactly one of them. */
const pauseBody = z
  .strictObject({
    lane: noticeClass.optional(),
    notice: catalogName.optional(),
    carrier: catalogName.optional(),
    tenant: z.literal(true).optional(),
  })
  .refine((named) => Object.keys(named).length === 1, 'must be one of {"lane": …}, {"notice": …}, {"carrier": …} and {"tenant": true}');

export interface PauseDeps {
  readonly now: () => number;
  readonly activeCatalog: (tenant: string) => Promise<ActiveCatalog | undefined>;
  readonly listPauses: (tenant: string) => Promise<readonly Pause[]>;
  /** Pauses it, with its entry in one transaction; nothing where it is paused already. */
  readonly insertPause: (tenant: string, pause: Pause, entry: AuditEntry) => Promise<void>;
  /** Lets it go on, likewise; false where it was not paused. */
  readonly deletePause: (tenant: string, pause: Omit<Pause, "since">, entry: AuditEntry) => Promise<boolean>;
}

/** `POST /v1/pauses`: what it names waits, within its ttl, from two seconds on. Answers all that is paused. */
export async function postPause(request: Request, caller: Caller, deps: PauseDeps): Promise<Response> {
  const body = await readJson(request, pauseBody, "The pause");
  if (!body.ok) return problemResponse(body.problem);
  const pause = pauseOf(body.value);
  await deps.insertPause(caller.tenant, { ...pause, since: deps.now() }, auditEntryOf(caller, "pause.set", targetOf(pause)));
  const warnings = await warningsAbout(pause, caller.tenant, deps);
  return Response.json({ ...(await pausesOf(caller, deps)), ...warnings });
}

/** `DELETE /v1/pauses`, with the same body: it goes on. */
export async function deletePause(request: Request, caller: Caller, deps: PauseDeps): Promise<Response> {
  const body = await readJson(request, pauseBody, "The pause");
  if (!body.ok) return problemResponse(body.problem);
  const pause = pauseOf(body.value);
  if (!(await deps.deletePause(caller.tenant, pause, auditEntryOf(caller, "pause.lift", targetOf(pause)))))
    return problemResponse(problemOf("not-found", "It is not paused. GET /v1/pauses shows what is."));
  return listPauses(caller, deps);
}

/** `GET /v1/pauses`. */
export async function listPauses(caller: Caller, deps: PauseDeps): Promise<Response> {
  return Response.json(await pausesOf(caller, deps));
}

async function pausesOf({ tenant }: Caller, deps: PauseDeps): Promise<{ readonly pauses: readonly object[] }> {
  const pauses = await deps.listPauses(tenant);
  return { pauses: pauses.map(({ kind, name, since }) => ({ [kind]: kind === "tenant" ? true : name, since: isoOf(since) })) };
}

/**
 * What to say of a name that the catalog in force does not have: it may be mistyped. It is paused all the same, since
 * messages that an older catalog made may still wait for it.
 */
async function warningsAbout({ kind, name }: Omit<Pause, "since">, tenant: string, deps: PauseDeps): Promise<object> {
  if (kind !== "notice" && kind !== "carrier") return {};
  const active = await deps.activeCatalog(tenant);
  const known = kind === "notice" ? [...(active?.index.names.keys() ?? [])] : Object.keys(active?.catalog.carriers ?? {});
  if (known.includes(name)) return {};
  return { warnings: [issueAt([kind], `is no ${kind} of the catalog in force${closestName(name, known)}`)] };
}

/** `lane/marketing`, `notice/order.paid`, `carrier/main`; `tenant` for all of it. */
function targetOf({ kind, name }: Omit<Pause, "since">): string {
  return kind === "tenant" ? kind : `${kind}/${name}`;
}

function pauseOf(body: z.infer<typeof pauseBody>): Omit<Pause, "since"> {
  if (body.lane !== undefined) return { kind: "lane", name: body.lane };
  if (body.notice !== undefined) return { kind: "notice", name: body.notice };
  if (body.carrier !== undefined) return { kind: "carrier", name: body.carrier };
  return { kind: "tenant", name: "" };
}
