import type { Outgoing, OutgoingResult } from "../support/outgoing.ts";
import type { CarrierBalance } from "./carriers/adapter.ts";
import type { MountedCarrier } from "./carriers/registry.ts";

/** `unavailable`: it could not be asked, or its answer not be read; `code` is the HTTP status or our word. */
export type BalanceAnswer =
  | { readonly kind: "told"; readonly balance: CarrierBalance }
  | { readonly kind: "unavailable"; readonly code: string };

export interface BalanceDeps {
  readonly now: () => number;
  readonly outgoing: Outgoing;
}

const DEADLINE_MS = 5_000;

/** Asks what is left on an account, within five seconds whatever it takes; undefined where the vendor does not tell. */
export async function askBalance({ balance }: MountedCarrier, { now, outgoing }: BalanceDeps): Promise<BalanceAnswer | undefined> {
  if (!balance) return undefined;
  const until = now() + DEADLINE_MS;
  let last: OutgoingResult | undefined;
  const watched: Outgoing = async (request, ms) => {
    last = await outgoing(request, Math.max(1, Math.min(ms, until - now())));
    return last;
  };
  try {
    const told = await balance(watched);
    return told ? { kind: "told", balance: told } : { kind: "unavailable", code: codeOf(last) };
  } catch {
    return { kind: "unavailable", code: "fault" };
  }
}

function codeOf(last: OutgoingResult | undefined): string {
  if (!last) return "unreadable";
  if (last.kind !== "answered") return last.code;
  return last.status < 300 ? "unreadable" : String(last.status);
}
