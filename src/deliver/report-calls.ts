import type { CarrierAnswer } from "../vocabulary/carrier.ts";
import type { AskGateDeps } from "./ask-gate.ts";
import { type CarrierMemory, NO_REPORT } from "./carrier-memory.ts";
import type { CarrierTrouble } from "./gate-port.ts";
import type { Slotted } from "./take-slots.ts";

/** What the call says of the carrier's health: troubles and a probe's outcome are told at once, the rest with the next reservation. */
export async function reportCall(
  ready: readonly Slotted[],
  answers: readonly CarrierAnswer[],
  calledAt: number,
  deps: AskGateDeps,
): Promise<void> {
  const [first] = ready;
  if (!first) return;
  const now = deps.now();
  const { tenant } = first.picked.prepared.item;
  const troubles = answers.flatMap((answer) => troubleOf(answer, now) ?? []);
  deps.memory.add(tenant, first.picked.name, {
    answered: answers.length - troubles.length,
    watched: ready.flatMap(({ picked, slot }, at) =>
      slot.watch && answers[at]?.kind === "taken" ? [{ id: picked.prepared.claimed.id, at: now }] : [],
    ),
    verification_waits: ready.flatMap(({ picked }) => {
      const { claimed } = picked.prepared;
      return claimed.class === "verification" && claimed.before.length === 0 ? [Math.max(0, calledAt - claimed.due_at)] : [];
    }),
  });
  deps.memory.doubt(
    tenant,
    first.picked.name,
    troubles.some(({ kind }) => kind === "unclear" || kind === "unreachable"),
  );
  const probe = first.slot.probe ? { probe: troubles.length > 0 ? ("failed" as const) : ("healthy" as const) } : {};
  if (troubles.length > 0 || first.slot.probe) await report(first, { troubles, ...probe }, deps);
}

/** Tells the gate at once, with all that waited to be told; what it could not be told waits on, but for a probe's word, which it does not miss for long. */
export async function report({ picked }: Slotted, news: Parameters<CarrierMemory["add"]>[2], deps: AskGateDeps): Promise<void> {
  const { tenant } = picked.prepared.item;
  const waiting = deps.memory.takeReport(tenant, picked.name) ?? NO_REPORT;
  const full = { ...waiting, ...news, troubles: [...waiting.troubles, ...(news.troubles ?? [])] };
  try {
    const { health, alerts } = await deps.gates.report(tenant, picked.name, full);
    deps.memory.hear(tenant, picked.name, health);
    await deps.postGateAlerts(tenant, picked.name, alerts);
  } catch {
    const { probe: _, ...kept } = full;
    deps.memory.add(tenant, picked.name, kept);
  }
}

function troubleOf(answer: CarrierAnswer, at: number): CarrierTrouble | undefined {
  const code = answer.code === undefined ? {} : { code: answer.code };
  switch (answer.kind) {
    case "unclear":
    case "unreachable":
      return { at, kind: answer.kind, ...code };
    case "throttled":
      return {
        at,
        kind: "throttled",
        ...code,
        ...(answer.retry_after_seconds === undefined ? {} : { retry_after_seconds: answer.retry_after_seconds }),
      };
    case "refused":
      return answer.account ? { at, kind: answer.because === "balance" ? "balance" : "credentials", ...code } : undefined;
    case "taken":
      return undefined;
  }
}
