import { clock } from "../../support/clock.ts";
import type { CarrierAnswer } from "../../vocabulary/carrier.ts";
import type { OutgoingText } from "./adapter.ts";
import { blamesOne } from "./alibaba-answers.ts";

/** A call for one text and a call for several, which has one answer for all of them. */
export interface PartCalls {
  readonly one: (text: OutgoingText, deadlineMs: number) => Promise<CarrierAnswer>;
  readonly several: (texts: readonly OutgoingText[], deadlineMs: number) => Promise<CarrierAnswer>;
}

/**
 * One answer stands for all. But a refusal that may be meant for one number does not say for which: nothing was sent, and each half
 * goes again by itself until that number stands alone, all before `until` (milliseconds). What is left then was not sent either.
 */
export async function sendParts(texts: readonly OutgoingText[], calls: PartCalls, until: number): Promise<readonly CarrierAnswer[]> {
  const deadlineMs = until - clock();
  if (deadlineMs <= 0) return texts.map(() => TOO_LATE);
  const [first] = texts;
  if (first && texts.length === 1) return [await calls.one(first, deadlineMs)];
  const answer = await calls.several(texts, deadlineMs);
  if (!blamesOne(answer)) return texts.map(() => answer);
  const half = Math.ceil(texts.length / 2);
  const upper = await sendParts(texts.slice(0, half), calls, until);
  return [...upper, ...(await sendParts(texts.slice(half), calls, until))];
}

const TOO_LATE: CarrierAnswer = { kind: "unreachable", code: "late", detail: "no time was left to find the number that was refused" };
