import pLimit from "p-limit";
import { closesAccount } from "../settle/what-follows.ts";
import { CONNECTIONS } from "../support/connections.ts";
import type { Outgoing } from "../support/outgoing.ts";
import type { CarrierAnswer } from "../vocabulary/carrier.ts";
import { type AskGateDeps, SLOT_GOOD_MS } from "./ask-gate.ts";
import type { OutgoingText } from "./carriers/adapter.ts";
import { gatherCalls } from "./gather-calls.ts";
import type { Answered } from "./pick-carrier.ts";
import { costOf } from "./price.ts";
import { report, reportCall } from "./report-calls.ts";
import type { Slotted } from "./take-slots.ts";

export interface SendDeps extends AskGateDeps {
  /** Resolves when so many milliseconds are over. */
  readonly pause: (ms: number) => Promise<void>;
  readonly outgoing: Outgoing;
  /** Where receipts for this attempt shall come. */
  readonly callbackUrl: (tenant: string, carrier: string, message: string, attempt: number) => Promise<string>;
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

/** A code that comes after its screen has gone is of no use: its carrier has less time where another one can be asked. */
const CODE_DEADLINE_MS = 4_000;
const CODE_ELSEWHERE_DEADLINE_MS = 3_000;
/** Who is well answers a probe sooner than this; others wait behind it. */
const PROBE_DEADLINE_MS = 2_000;

/** Makes the calls, each from its slot on and over the batch's own connections; tells each outcome as it comes. */
export async function sendSlotted(
  slotted: readonly Slotted[],
  connections: ReturnType<typeof pLimit>,
  settle: (sent: Sent) => Promise<void>,
  deps: SendDeps,
): Promise<void> {
  const reports: Promise<void>[] = [];
  const turnOf = turnsOf(slotted);
  const calls = gatherCalls([...slotted].sort((a, b) => a.slot.at - b.slot.at));
  await Promise.all(
    calls.map(async (call) => {
      await deps.pause(Math.max(...call.map(({ slot }) => slot.at)) - deps.now());
      const outcomes = await turnOf(call)(() => connections(() => makeCall(call, reports, deps)));
      await Promise.all(outcomes.map(settle));
    }),
  );
  await Promise.all(reports);
}

/** Where several tenants share a batch, none has all of its connections: a carrier that hangs holds up nobody else's messages. */
function turnsOf(slotted: readonly Slotted[]): (call: readonly Slotted[]) => ReturnType<typeof pLimit> {
  const tenants = new Set(slotted.map(({ picked }) => picked.prepared.item.tenant));
  const turns = new Map([...tenants].map((tenant) => [tenant, pLimit(tenants.size > 1 ? CONNECTIONS - 1 : CONNECTIONS)]));
  const everybody = pLimit(CONNECTIONS);
  return ([first]) => turns.get(first?.picked.prepared.item.tenant ?? "") ?? everybody;
}

/** `reports`: what goes to the gate meanwhile; nobody who waits for an answer waits for it. */
async function makeCall(call: readonly Slotted[], reports: Promise<void>[], deps: SendDeps): Promise<readonly Sent[]> {
  const [first] = call;
  if (!first) return [];
  const { name, prepared } = first.picked;
  const { tenant } = prepared.item;
  const deadline = deadlineOf(first);
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
    deps.memory.noteCallTime(tenant, name, deps.now() - now);
    reports.push(reportCall(ready, answers, now, deps));
    return [...late, ...ready.map((slotted, at) => sentOf(slotted, answers[at] ?? LOST))];
  } catch (error) {
    if (first.slot.probe) reports.push(report(first, { probe: "failed" }, deps));
    return [...late, ...ready.map((slotted): Sent => ({ kind: "fault", slotted, error }))];
  }
}

function deadlineOf({ picked: { carrier, untried, prepared }, slot }: Slotted): number {
  const { call_deadline_ms } = carrier.limits;
  if (prepared.item.class !== "verification") return call_deadline_ms;
  const code = untried > 0 ? CODE_ELSEWHERE_DEADLINE_MS : CODE_DEADLINE_MS;
  return Math.min(call_deadline_ms, code, slot.probe ? PROBE_DEADLINE_MS : code);
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
  const price = Object.entries(prepared.compiled.catalog.carriers ?? {}).find(([own]) => own === name)?.[1].price;
  const segments = (taken ? answer.segments : undefined) ?? prepared.words.count?.segments ?? 1;
  const cost = taken ? costOf(price, prepared.claimed.address.country, segments) : undefined;
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
