import pLimit from "p-limit";
import * as z from "zod";
import { laneMessagesOf } from "../admit/lane-messages.ts";
import type { Replayed, ReplayHow } from "../admit/replay-messages.ts";
import type { CompiledCatalog } from "../store/compiled-catalog.ts";
import type { StoredLetter } from "../store/dead-letters.ts";
import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";
import { recipientKeyOfMessage } from "../support/names.ts";
import { messageId } from "../vocabulary/identifiers.ts";
import type { LaneMessage } from "../vocabulary/lane-message.ts";
import type { MessageState } from "../vocabulary/message.ts";
import { type AuditDeps, auditEntriesOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { afterLetter, type ListDeadLettersDeps, letterCursor, letterFilter } from "./list-dead-letters.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { readJson } from "./read-json.ts";

export interface ReplayDeps extends ListDeadLettersDeps, AuditDeps {
  readonly now: () => number;
  readonly activeCatalog: (tenant: string) => Promise<CompiledCatalog | undefined>;
  /** All letters of these ids, replayed ones too. */
  readonly findDeadLetters: (tenant: string, ids: readonly string[]) => Promise<readonly StoredLetter[]>;
  /** Begins messages of one Recipient anew, or foresees what would become of them. */
  readonly replay: (tenant: string, recipientKey: string, ids: readonly string[], how: ReplayHow) => Promise<readonly Replayed[]>;
  readonly markReplayed: (tenant: string, ids: readonly string[], at: number) => Promise<void>;
  readonly enqueue: (messages: readonly LaneMessage[]) => Promise<void>;
}

const IDS_MAX = 1000;
const PAGE = 100;
const AT_ONCE = 20;

const replayBody = z
  .strictObject({
    ids: z
      .array(z.string().min(1).max(64))
      .min(1, "must name at least one message")
      .max(IDS_MAX, `must name at most ${IDS_MAX} messages`)
      .optional(),
    filter: letterFilter.optional(),
    cursor: letterCursor.optional(),
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), 'must have either {"ids": […]} or {"filter": {…}}')
  .refine(({ ids, cursor }) => ids === undefined || cursor === undefined, { path: ["cursor"], error: "goes with a filter only" });

/** `unavailable`: its Recipient could not be asked; the same request may be sent again. */
interface Answered {
  readonly id: string;
  readonly result: Replayed["result"] | "unavailable";
  readonly state?: MessageState;
}
type Asked = Replayed | { readonly id: string; readonly result: "unavailable" | "not_replayable" };

/**
 * `POST /v1/dead-letters/replay`: messages that gave up are to be sent after all, those with these ids, or a page of those that a filter means
 * (`next` leads to the following one). A replay is a claim like any other: what was sent, or may have been, is not sent again.
 */
export async function replayDeadLetters(request: Request, caller: Caller, deps: ReplayDeps): Promise<Response> {
  const { tenant } = caller;
  const body = await readJson(request, replayBody, "The replay");
  if (!body.ok) return problemResponse(body.problem);
  const { ids, filter, cursor } = body.value;
  const catalog = await deps.activeCatalog(tenant);
  if (!catalog) return problemResponse(problemOf("invalid", "The tenant has no catalog; nothing can be replayed by it."));
  const letters = ids ? await deps.findDeadLetters(tenant, ids) : await deps.listDeadLetters(tenant, filter ?? {}, cursor, PAGE);
  const last = ids || letters.length < PAGE ? undefined : letters.at(-1);
  const found = [...new Set(letters.map(({ id }) => id))];
  // The audit has what is replayed, not what is only asked for.
  const foreseen = await askAll(tenant, found, { catalog: catalog.version, foresee: true }, deps);
  const due = foreseen.filter(isQueued).map(({ id }) => id);
  const entries = auditEntriesOf(caller, "dead_letters.replay", "", "messages", due, { filter: filter !== undefined });
  if (entries.length > 0) await deps.audit(tenant, entries);
  const answers = [...foreseen.filter((one) => !isQueued(one)), ...(await replayAll(tenant, due, catalog.version, deps))].map(shownAnswer);
  const known = new Map(answers.map((answer) => [answer.id, answer]));
  const asked = ids ? [...new Set(ids)] : [...known.keys()];
  const results = asked.map((id): Answered => known.get(id) ?? { id, result: "not_found" });
  const queued = results.filter(({ result }) => result === "queued").length;
  return Response.json({ queued, results, ...(last ? { next: afterLetter(last) } : {}) });
}

/**
 * Recipients first, then the letters' mark, then the lanes: a message that dies again is a letter anew, and what is lost on
 * the way is queued in its Recipient, where the same ids, or `recover`, find it.
 */
async function replayAll(tenant: string, ids: readonly string[], catalog: number, deps: ReplayDeps): Promise<readonly Asked[]> {
  const answers = await askAll(tenant, ids, { catalog }, deps);
  const due = answers.filter(isQueued);
  if (due.length > 0) {
    await deps.markReplayed(
      tenant,
      due.map(({ id }) => id),
      deps.now(),
    );
    await deps.enqueue(laneMessagesOf(tenant, due));
  }
  return answers;
}

/** What Recipients answer of their messages; what cannot be the id of one is an unreadable body. */
async function askAll(tenant: string, ids: readonly string[], how: ReplayHow, deps: ReplayDeps): Promise<readonly Asked[]> {
  const isMessage = (id: string): boolean => messageId.safeParse(id).success;
  const limit = pLimit(AT_ONCE);
  const asked = [...Map.groupBy(ids.filter(isMessage), recipientKeyOfMessage)].map(([key, own]) =>
    limit(() => askRecipient(tenant, key, own, how, deps)),
  );
  const unreadable = ids.filter((id) => !isMessage(id)).map((id): Asked => ({ id, result: "not_replayable" }));
  return [...(await Promise.all(asked)).flat(), ...unreadable];
}

function isQueued(answer: Asked): answer is Extract<Asked, { readonly result: "queued" }> {
  return answer.result === "queued";
}

function shownAnswer(answer: Asked): Answered {
  return { id: answer.id, result: answer.result, ...("state" in answer ? { state: answer.state } : {}) };
}

/** One Recipient that cannot be asked spoils its own messages and no others. */
async function askRecipient(
  tenant: string,
  key: string,
  ids: readonly string[],
  how: ReplayHow,
  { replay }: ReplayDeps,
): Promise<readonly Asked[]> {
  try {
    return await replay(tenant, key, ids, how);
  } catch (error) {
    log("error", "replay.recipient.unavailable", { tenant, recipient: key, error: errorName(error) });
    return ids.map((id) => ({ id, result: "unavailable" }));
  }
}
