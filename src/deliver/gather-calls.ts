import type { Slotted } from "./take-slots.ts";

/** Slots of one call lie within this: the call is made at the last of them, and the pace is that of messages. */
const GATHERED_MS = 100;

/** Messages that may share a call do, as many as the carrier takes; a code waits for nobody. */
export function gatherCalls(slotted: readonly Slotted[]): Slotted[][] {
  const calls: Slotted[][] = [];
  const open = new Map<string, Slotted[]>();
  for (const one of slotted) {
    const { carrier, name, text, prepared } = one.picked;
    const together = carrier.sendMany && prepared.item.class !== "verification" && !one.slot.probe ? carrier.together?.(text) : undefined;
    const key = JSON.stringify([prepared.item.tenant, prepared.claimed.catalog, name, together]);
    const call = together === undefined ? undefined : open.get(key);
    if (call && takesOneMore(call, one)) call.push(one);
    else {
      const fresh = [one];
      calls.push(fresh);
      if (together !== undefined) open.set(key, fresh);
    }
  }
  return calls;
}

function takesOneMore(call: readonly Slotted[], { picked, slot }: Slotted): boolean {
  const [first] = call;
  if (!first || call.length >= picked.carrier.limits.recipients_per_call) return false;
  return slot.at - first.slot.at <= GATHERED_MS && call.every((other) => other.picked.text.to !== picked.text.to);
}
