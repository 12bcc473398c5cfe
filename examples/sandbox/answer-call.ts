import type { Book, Outcome } from "./book.ts";
import type { Question, Refusal, SendCall } from "./call.ts";
import type { Breakage } from "./fault-effects.ts";

/** How a vendor puts what the book says. */
export interface Words {
  refused(refusal: Refusal): Response;
  /** Its own trouble. */
  broken(status: 500 | 503): Response;
}

/**
 * Sends what a wire has read. The book judges in one short step; all waiting is done out here, where it holds up nobody
 * else, and after the book has written, so that a caller who leaves changes nothing.
 */
export async function answerSend(
  call: SendCall,
  book: DurableObjectStub<Book>,
  words: Words & { taken(outcomes: readonly Outcome[]): Response },
): Promise<Response> {
  const verdict = await book.take(call);
  if (verdict.kind === "taken") {
    const early = verdict.outcomes.flatMap((outcome) => ("message" in outcome && outcome.early ? [outcome.message.sid] : []));
    if (early.length > 0) await book.postEarly(early);
  }
  await scheduler.wait(verdict.wait_ms);
  switch (verdict.kind) {
    case "broken":
      return await breakDown(verdict.breakage, words);
    case "refused":
      return words.refused(verdict.refusal);
    case "taken":
      return verdict.breakage ? await breakDown(verdict.breakage, words) : words.taken(verdict.outcomes);
  }
}

/** Answers a call that asks, unless a fault is in the way. */
export async function answerQuestion(
  question: Question,
  book: DurableObjectStub<Book>,
  words: Words,
  read: () => Promise<Response>,
): Promise<Response> {
  const hindrance = await book.ask(question);
  await scheduler.wait(hindrance.wait_ms);
  switch (hindrance.kind) {
    case "broken":
      return await breakDown(hindrance.breakage, words);
    case "refused":
      return words.refused(hindrance.refusal);
    case "none":
      return await read();
  }
}

/** 500 and 503 are the vendor's own words; anything else is said by what stands in front of it. */
async function breakDown({ status, hang_ms }: Breakage, words: Words): Promise<Response> {
  await scheduler.wait(hang_ms);
  if (status === 500 || status === 503) return words.broken(status);
  return new Response(`error code: ${status === 530 ? 1016 : status}`, {
    status,
    headers: { "Content-Type": "text/plain; charset=UTF-8" },
  });
}
