import pLimit from "p-limit";
import type { CompiledCatalog } from "../store/compiled-catalog.ts";
import type { DeadLetter } from "../vocabulary/dead-letter.ts";
import type { Message, MessageState } from "../vocabulary/message.ts";
import { type Alert, type PostAlerts, tellsOfAlerts } from "./alerts.ts";
import type { Item } from "./lane-batch.ts";

export type { DeadLetter } from "../vocabulary/dead-letter.ts";

/** How a message ended, as far as who saw it knows. */
export interface End {
  readonly state: MessageState | "gone";
  readonly notice?: string | undefined;
  readonly carrier?: string | undefined;
  /** What a refusal was because of, else the answer's kind. */
  readonly cause?: string | undefined;
  readonly code?: string | undefined;
}

export interface KeepDeps {
  readonly now: () => number;
  /** The message as its Recipient has it. */
  readonly messageOf: (tenant: string, id: string) => Promise<Message | undefined>;
  /** The catalog in force with these notices, as far as it has them. */
  readonly activeCatalog: (tenant: string, wanted: { readonly names: readonly string[] }) => Promise<CompiledCatalog | undefined>;
  /** Writes them and gives those that did not stand already. */
  readonly insertDeadLetters: (letters: readonly DeadLetter[], at: number) => Promise<readonly DeadLetter[]>;
  readonly postAlerts: PostAlerts;
}

/**
 * The letter of a message that is over; undefined where its end is an ordinary one: a refusal because of the recipient is. What
 * was over when it was claimed does not say why, and is looked at before it is kept.
 */
export function letterOfEnd({ tenant, id, class: noticeClass }: Pick<Item, "tenant" | "id" | "class">, end: End): DeadLetter | undefined {
  if (end.state !== "expired" && end.state !== "failed") return undefined;
  if (end.cause === "recipient") return undefined;
  const code = end.code ?? end.cause;
  return {
    tenant,
    id,
    class: noticeClass,
    reason: end.state,
    ...(end.notice === undefined ? {} : { notice: end.notice }),
    ...(end.carrier ? { carrier: end.carrier } : {}),
    ...(code === undefined ? {} : { code }),
  };
}

/** So many are looked at by one call, so many at a time; the rest stand as they are known. */
const LOOKED_AT_MAX = 500;
const AT_ONCE = 20;

/** Keeps letters where people find them, and alerts people of those that are new. Throws where they cannot be written; may be asked again. */
export async function keepDeadLetters(letters: readonly DeadLetter[], deps: KeepDeps): Promise<void> {
  const limit = pLimit(AT_ONCE);
  const looked = letters.map((letter, at) =>
    letter.notice !== undefined || letter.reason === "unreadable" || at >= LOOKED_AT_MAX ? letter : limit(() => lookAt(letter, deps)),
  );
  const kept = (await Promise.all(looked)).filter((letter) => letter !== undefined);
  if (kept.length === 0) return;
  const fresh = await deps.insertDeadLetters(kept, deps.now());
  for (const [tenant, own] of Map.groupBy(fresh, (letter) => letter.tenant)) {
    if (tenant !== "") await deps.postAlerts(tenant, await alertsOf(tenant, own, deps));
  }
}

/** A letter with what its Recipient knows of the message; undefined where that is not dead after all. */
async function lookAt(letter: DeadLetter, { messageOf }: KeepDeps): Promise<DeadLetter | undefined> {
  const message = await messageOf(letter.tenant, letter.id).catch(() => undefined);
  if (!message) return letter;
  const last = message.attempts.at(-1);
  const refused = last?.answer?.kind === "refused" ? last.answer.because : last?.answer?.kind;
  const { notice, state } = message;
  if (letter.reason === "faults") return MAY_BE_LOST.has(state) ? { ...letter, notice } : undefined;
  return letterOfEnd(
    { ...letter, class: message.class },
    { state, notice, carrier: last?.carrier, cause: refused, code: last?.answer?.code },
  );
}

/** What its lane gave up and is in another state than these went on by itself, such as by a receipt. */
const MAY_BE_LOST: ReadonlySet<MessageState> = new Set(["scheduled", "queued", "sending", "expired", "failed"]);

/** One alert for each reason and class; every key is always there, since a template whose variable is missing fails. */
async function alertsOf(tenant: string, letters: readonly DeadLetter[], { activeCatalog }: KeepDeps): Promise<readonly Alert[]> {
  const names = [...new Set(letters.flatMap(({ notice }) => notice ?? []))];
  const catalog = (await activeCatalog(tenant, { names }).catch(() => undefined))?.catalog;
  const alarming = letters.filter(({ notice }) => notice === undefined || !catalog || !tellsOfAlerts(catalog, notice));
  return [...Map.groupBy(alarming, ({ reason, class: noticeClass = "" }) => `${reason}/${noticeClass}`)].map(([cause, own]): Alert => {
    const [{ reason, class: noticeClass = "", notice = "", carrier = "", code = "" } = { reason: "faults" as const }] = own;
    return { type: "dead_letters", cause, detail: { reason, class: noticeClass, notice, carrier, code, count: own.length } };
  });
}
