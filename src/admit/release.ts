import type { Message } from "../vocabulary/message.ts";
import { chooseChannel, reachableBy, suppressedBy } from "./consent.ts";
import type { RecipientDocument } from "./document.ts";

/**
 * What has come due leaves, in order of `send_at`, then of admission. Gates 3 and 4 are asked once more with now = its
 * `send_at` (milliseconds): it becomes `queued`, perhaps on another channel, or `suppressed` or `expired` with the reason.
 * `only`: those of them that may leave.
 */
export function releaseDue(
  document: RecipientDocument,
  now: number,
  only?: ReadonlySet<string>,
): { readonly document: RecipientDocument; readonly released: readonly Message[] } {
  const due = document.messages.filter(
    (message) => message.state === "scheduled" && message.send_at <= now && (only?.has(message.id) ?? true),
  );
  if (due.length === 0) return { document, released: [] };
  const released = due.toSorted((a, b) => a.send_at - b.send_at).map((message) => release(message, document));
  const byId = new Map(released.map((message) => [message.id, message]));
  return { document: { ...document, messages: document.messages.map((message) => byId.get(message.id) ?? message) }, released };
}

/** When the next message wants to leave (milliseconds); undefined where none waits. */
export function nextRelease(document: RecipientDocument): number | undefined {
  let next: number | undefined;
  for (const { state, send_at } of document.messages) if (state === "scheduled" && (next === undefined || send_at < next)) next = send_at;
  return next;
}

function release(message: Message, document: RecipientDocument): Message {
  if (message.send_at >= message.expires_at) return { ...message, state: "expired", reason: "expired" };
  const consent = chooseChannel(message, reachableBy(document), document.preferences, suppressedBy(document));
  return consent.kind === "no"
    ? { ...message, state: "suppressed", reason: consent.reason }
    : { ...message, state: "queued", channel: consent.channel };
}
