import { type Channel, channel } from "../vocabulary/classes.ts";
import { type Reason, reason } from "../vocabulary/message.ts";

/** What was decided of one event, notice, recipient and step. Instants in milliseconds. */
export type Decision =
  | { readonly kind: "send" | "defer"; readonly channel: Channel; readonly send_at: number }
  | {
      readonly kind: "suppress";
      readonly reason: Reason;
      /** When the recipient may next be told, where that is known. */
      readonly next_eligible_at?: number;
    }
  | {
      readonly kind: "merge";
      /** The id of the message that gathers; of identities kept before, the id of the event that opened it. */
      readonly into: string;
    };

/** An instant as text, short and exact. */
export function packInstant(instant: number): string {
  return instant.toString(36);
}

export function unpackInstant(text: string): number {
  return Number.parseInt(text, 36);
}

/** A decision as one short text without line breaks, as identities keep it. */
export function packDecision(decision: Decision): string {
  switch (decision.kind) {
    case "send":
    case "defer":
      return `${decision.kind},${decision.channel},${packInstant(decision.send_at)}`;
    case "suppress":
      return `suppress,${decision.reason},${decision.next_eligible_at === undefined ? "" : packInstant(decision.next_eligible_at)}`;
    case "merge":
      return `merge,${decision.into}`;
  }
}

/** Reads what `packDecision` wrote; throws on anything else, since only a bug writes that. */
export function unpackDecision(text: string): Decision {
  const [kind, what = "", when = ""] = text.split(",");
  switch (kind) {
    case "send":
    case "defer":
      return { kind, channel: channel.parse(what), send_at: unpackInstant(when) };
    case "suppress":
      return { kind, reason: reason.parse(what), ...(when === "" ? {} : { next_eligible_at: unpackInstant(when) }) };
    case "merge":
      return { kind, into: text.slice("merge,".length) };
    default:
      throw new Error("a kept decision cannot be read");
  }
}
