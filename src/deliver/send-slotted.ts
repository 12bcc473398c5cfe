import pLimit from "p-limit";
import { closesAccount } from "../settle/what-follows.ts";
import type { Outgoing } from "../support/outgoing.ts";
import type { CarrierAnswer } from "../vocabulary/carrier.ts";
import type { NoticeClass } from "../vocabulary/classes.ts";
import { type CarrierMemory, NO_REPORT } from "./carrier-memory.ts";
import type { OutgoingText } from "./carriers/adapter.ts";
import type { CarrierTrouble, GateAlert, Gates } from "./gate-port.ts";
import type { Answered } from "./pick-carrier.ts";
import { costOf } from "./price.ts";
import { SLOT_GOOD_MS, SLOTS, type Slotted } from "./take-slots.ts";

export interface SendDeps {
  readonly now: () => number;
  /** Resolves when so many milliseconds are over. */
  readonly pause: (ms: number) => Promise<void>;
  readonly outgoing: Outgoing;
  /** Where receipts for this attempt shall come. */
  readonly callbackUrl: (tenant: string, carrier: string, message: string, attempt: number) => Promise<string>;
  readonly gates: Gates;
  readonly memory: CarrierMemory;
  readonly postAlerts: (tenant: string, carrier: string, alerts: readonly GateAlert[]) => Promise<void>;
}

/** What one message of a call came to. `late`: no call was made for it, and its slot is lost. */
export type Sent =
  | {
      readonly kind: "answered";
      readonly slotted: Slotted;
      readonly answered: Answered & { readonly cost?: string; readonly watched?: true };
    }
  | { readonly kind: "late"; readonly slotted: Slotted; readonly shut: boolean }
  | { readonly kind: "fault"; readonly slotted: Slotted; readonly error: unknown };

/** A code that comes after its screen has gone is of no use: its carrier has less time before another one is asked. */
const DEADLINE_MS: Readonly<Partial<Record<NoticeClass, number>>> = { verification: 4_000 };

/** Makes the calls, each from its slot on and over the batch's own connections; tells each outcome as it comes. */
export async function sendSlotted(
  slotted: readonly Slotted[],
  slots: ReturnType<typeof pLimit>,
  told: (sent: Sent) => Promise<void>,
  deps: SendDeps,
): Promise<void> {
  const reports: Promise<void>[] = [];
  const turnOf = turnsOf(slotted);
  const calls = callsOf([...slotted].sort((a, b) => a.slot.at - b.slot.at));
  await Promise.all(
    calls.map(async (call) => {
      await deps.pause(Math.max(...call.map(({ slot }) => slot.at)) - deps.now());
      const outcomes = await turnOf(call)(() => slots(() => makeCall(call, reports, deps)));
      await Promise.all(outcomes.map(told));
    }),
  );
  await Promise.all(reports);
}

/** Where several tenants share a batch, none has all of its connections: a carrier that hangs holds up nobody else's messages. */
function turnsOf(slotted: readonly Slotted[]): (call: readonly Slotted[]) => ReturnType<typeof pLimit> {
  const tenants = new Set(slotted.map(({ picked }) => picked.prepared.item.tenant));
  const turns = new Map([...tenants].map((tenant) => [tenant, pLimit(tenants.size > 1 ? SLOTS - 1 : SLOTS)]));
  const everybody = pLimit(SLOTS);
  return ([first]) => turns.get(first?.picked.prepared.item.tenant ?? "") ?? everybody;
}

/** Messages that may share a call do, as many as the carrier takes; a code waits for nobody. */
function callsOf(slotted: readonly Slotted[]): Slotted[][] {
  const calls: Slotted[][] = [];
  const open = new Map<string, Slotted[]>();
  for (const one of slotted) {
    const { carrier, name, text, prepared } = one.picked;
    const together = carrier.sendMany && prepared.item.class !== "verification" && !one.slot.probe ? carrier.together?.(text) : undefined;
    const key = JSON.stringify([prepared.item.tenant, prepared.claimed.catalog, name, together]);
    const call = together === undefined ? undefined : open.get(key);
    if (call && call.length < carrier.limits.recipients_per_call && !call.some((other) => other.picked.text.to === text.to)) call.push(one);
    else {
      const fresh = [one];
      calls.push(fresh);
      if (together !== undefined) open.set(key, fresh);
    }
  }
  return calls;
}

/** `reports`: what goes to the gate meanwhile; nobody who waits for an answer waits for it. */
async function makeCall(call: readonly Slotted[], reports: Promise<void>[], deps: SendDeps): Promise<readonly Sent[]> {
  const [first] = call;
  if (!first) return [];
  const { carrier, name, prepared } = first.picked;
  const { tenant, class: noticeClass } = prepared.item;
  const deadline = Math.min(carrier.limits.call_deadline_ms, DEADLINE_MS[noticeClass] ?? Number.POSITIVE_INFINITY);
  const now = deps.now();
  // The lease may not run out during the call: whoever claims next would take this call for lost and perhaps send again.
  const inTime = call.filter(({ picked, slot }) => now + deadline <= picked.prepared.leaseUntil && now <= slot.at + SLOT_GOOD_MS);
  const shut = !first.slot.probe && deps.memory.health(tenant, name)?.breaker === "open";
  const ready = shut ? [] : inTime;
  const late = call.filter((one) => !ready.includes(one)).map((slotted): Sent => ({ kind: "late", slotted, shut }));
  if (first.slot.probe && !ready.includes(first)) reports.push(report(first, { probe: "unused" }, deps));
  if (ready.length === 0) return late;
  const outgoing: Outgoing = (request, ms) => deps.outgoing(request, Math.min(ms, deadline));
  try {
    const texts = await Promise.all(ready.map((one) => textOf(one, deps)));
    const answers = await answersOf(first, texts, outgoing);
    deps.memory.took(tenant, name, deps.now() - now);
    reports.push(reportAll(ready, answers, now, deps));
    return [...late, ...ready.map((slotted, at) => sentOf(slotted, answers[at] ?? LOST))];
  } catch (error) {
    if (first.slot.probe) reports.push(report(first, { probe: "failed" }, deps));
    return [...late, ...ready.map((slotted): Sent => ({ kind: "fault", slotted, error }))];
  }
}

const LOST: CarrierAnswer = { kind: "unclear", code: "no_answer" };

async function textOf({ picked }: Slotted, { callbackUrl }: SendDeps): Promise<OutgoingText> {
  const { item, claimed } = picked.prepared;
  return { ...picked.text, callback_url: await callbackUrl(item.tenant, picked.name, claimed.id, claimed.n) };
}

async function answersOf({ picked }: Slotted, texts: readonly OutgoingText[], outgoing: Outgoing): Promise<readonly CarrierAnswer[]> {
  const [only] = texts;
  if (only && (texts.length === 1 || !picked.carrier.sendMany)) return [await picked.carrier.send(only, outgoing)];
  return picked.carrier.sendMany ? picked.carrier.sendMany(texts, outgoing) : [];
}

function sentOf(slotted: Slotted, answer: CarrierAnswer): Sent {
  const { picked, slot } = slotted;
  const { name, untried, open, prepared } = picked;
  const taken = answer.kind === "taken";
  const price = prepared.compiled.catalog.carriers?.[name]?.price;
  const cost = taken ? costOf(price, prepared.claimed.address.country, answer.segments ?? 1) : undefined;
  return {
    kind: "answered",
    slotted,
    answered: {
      carrier: name,
      answer,
      untried,
      open: closesAccount(answer) ? open - 1 : open,
      ...(cost === undefined ? {} : { cost }),
      ...(taken && slot.watch ? { watched: true as const } : {}),
    },
  };
}

/** What the call says of the carrier's health: troubles and a probe's outcome are told at once, the rest with the next reservation. */
async function reportAll(ready: readonly Slotted[], answers: readonly CarrierAnswer[], calledAt: number, deps: SendDeps): Promise<void> {
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
  const probe = first.slot.probe ? { probe: troubles.length > 0 ? ("failed" as const) : ("healthy" as const) } : {};
  if (troubles.length > 0 || first.slot.probe) await report(first, { troubles: troubles.slice(0, 1), ...probe }, deps);
  for (const trouble of troubles.slice(1)) deps.memory.add(tenant, first.picked.name, { troubles: [trouble] });
}

async function report({ picked }: Slotted, news: Parameters<CarrierMemory["add"]>[2], deps: SendDeps): Promise<void> {
  const { tenant } = picked.prepared.item;
  const waiting = deps.memory.takeReport(tenant, picked.name) ?? NO_REPORT;
  const full = { ...waiting, ...news, troubles: [...waiting.troubles, ...(news.troubles ?? [])] };
  try {
    const { health, alerts } = await deps.gates.report(tenant, picked.name, full);
    deps.memory.hear(tenant, picked.name, health);
    await deps.postAlerts(tenant, picked.name, alerts);
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
