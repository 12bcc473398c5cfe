import pLimit from "p-limit";
import * as z from "zod";
import { laneMessagesOf } from "../admit/lane-messages.ts";
import type { Due } from "../admit/wake.ts";
import type { LaneMessage } from "../vocabulary/lane-message.ts";
import { type AuditDeps, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { cursorOf, keyCursor } from "./cursor.ts";
import { problemResponse } from "./problem.ts";
import { parametersOf, parseAs, readOptions } from "./read-json.ts";

export interface RecoverDeps extends AuditDeps {
  /** Keys of recipients after this one, in order. */
  readonly recipientsAfter: (tenant: string, key: string, limit: number) => Promise<readonly string[]>;
  readonly waiting: (tenant: string, recipientKey: string) => Promise<readonly Due[]>;
  readonly enqueue: (messages: readonly LaneMessage[]) => Promise<void>;
}

const PAGE = 500;
const AT_ONCE = 20;

const query = z.strictObject({ cursor: keyCursor.optional() });
const noOptions = z.strictObject({});

/**
 * `POST /v1/recover?cursor=`: puts back into the lanes what was accepted and is not on its way: what a lost queue left behind.
 * A page of recipients each time; one that cannot be asked is counted as `unavailable` and left for the next time; `next` is the cursor of the following page. What stands in a lane already is absorbed by its claim.
 */
export async function recover(request: Request, caller: Caller, deps: RecoverDeps): Promise<Response> {
  const { tenant } = caller;
  const asked = parseAs(query, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const body = await readOptions(request, noOptions, "The request");
  if (!body.ok) return problemResponse(body.problem);
  const cursor = asked.value.cursor ?? "";
  await deps.audit(tenant, [auditEntryOf(caller, "recover", "", { after: cursor })]);
  const keys = await deps.recipientsAfter(tenant, cursor, PAGE);
  const limit = pLimit(AT_ONCE);
  const looked = await Promise.allSettled(keys.map((key) => limit(() => deps.waiting(tenant, key))));
  const waiting = looked.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  const unavailable = looked.filter(({ status }) => status === "rejected").length;
  await deps.enqueue(laneMessagesOf(tenant, waiting));
  const last = keys.length === PAGE ? keys.at(-1) : undefined;
  return Response.json({
    recipients: keys.length,
    requeued: waiting.length,
    unavailable,
    ...(last === undefined ? {} : { next: cursorOf(last) }),
  });
}
