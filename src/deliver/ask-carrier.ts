import type { Outgoing } from "../support/outgoing.ts";
import type { PickDeps } from "./pick-carrier.ts";
import { type Prepared, textFor } from "./prepare-message.ts";
import type { ToldReceipt } from "./recipient-port.ts";
import { routeFor } from "./route-order.ts";

export interface AskDeps extends PickDeps {
  readonly now: () => number;
  readonly outgoing: Outgoing;
}

/** An answer to a question is waited for so long; then the message goes on as if the carrier could not be asked. */
const QUESTION_DEADLINE_MS = 5_000;
const CARRIERS_ASKED_MAX = 3;

/**
 * Before a message is sent once more because an earlier outcome is unclear, its carrier is asked (DESIGN, rule 2): what it has is a
 * receipt of that attempt. A carrier that shows nothing proves nothing. Verification does not wait for answers.
 */
export async function askCarrier(prepared: Prepared, deps: AskDeps): Promise<ToldReceipt | undefined> {
  const { claimed, compiled, item, to, words } = prepared;
  if (claimed.class === "verification") return undefined;
  for (const { n, channel, carrier: known, unclear_since } of claimed.before) {
    if (unclear_since === undefined) continue;
    // Where even the carrier's name was lost with the answer, it is one of the route's.
    const names = known === undefined ? carriersOf(prepared).slice(0, CARRIERS_ASKED_MAX) : [known];
    for (const name of names) {
      const carrier = deps.carrier(item.tenant, compiled, name);
      if (!carrier?.query) continue;
      const text = textFor(words, carrier.limits);
      const outgoing: Outgoing = (request, ms) => deps.outgoing(request, Math.min(ms, QUESTION_DEADLINE_MS));
      const finding = await carrier.query({ channel, to, text, message: claimed.id, since: unclear_since }, outgoing);
      if (finding.kind === "found")
        return { ...finding.receipt, kind: "receipt", id: claimed.id, attempt: n, carrier: name, arrived_at: deps.now() };
    }
  }
  return undefined;
}

function carriersOf({ claimed, compiled, to }: Prepared): readonly string[] {
  const { channel, class: noticeClass, notice, address } = claimed;
  const route = routeFor(compiled.catalog.routes ?? [], { channel, class: noticeClass, notice, country: address.country, to });
  if (!route) return [];
  return Array.isArray(route.carriers) ? route.carriers : Object.keys(route.carriers);
}
