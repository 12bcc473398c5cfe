import { describe, expect, it } from "vitest";
import { newEvent, newPerson } from "./shop-events.ts";
import { eventually, PATIENT_TEST_MS, useEverything } from "./start-everything.ts";

const everything = useEverything("restart", { vars: { RECEIPT_WAIT_SECONDS: "1" } });

const WAITING = 12;
const UNANSWERED = 8;
const THROTTLED = 4;

describe("A router that is killed", { timeout: PATIENT_TEST_MS }, () => {
  it("has kept what it accepted: posted again it is known, arrives, and arrives once", async () => {
    const { post, accept, message, untilState, texts, setFaults, restartRouter } = everything();
    const makeEvents = (count: number, noticeClass: "transactional" | "marketing") =>
      Array.from({ length: count }, () => {
        const person = newPerson();
        return { number: person.addresses.sms, event: newEvent(noticeClass, person) };
      });
    // What the carrier puts off waits in its lane with a delay, and comes back there as often as it is asked.
    const throttled = makeEvents(THROTTLED, "transactional");
    await setFaults(throttled.map(({ number }) => ({ fault: "status_429", retry_after: 5, to: number })));
    const putOff = await accept(throttled.map(({ event }) => event));
    for (const { id } of putOff)
      await eventually(
        () => message(id),
        ({ attempts }) => attempts.some(({ answer }) => answer?.kind === "throttled"),
      );

    // Marketing waits longest for its batch to fill: all of it is still in the lane, and some posts have no answer yet.
    const waiting = makeEvents(WAITING, "marketing");
    const unanswered = makeEvents(UNANSWERED, "marketing");
    const accepted = await accept(waiting.map(({ event }) => event));
    const lost = unanswered.map(({ event }) => post(event).catch(() => undefined));
    await restartRouter();
    await Promise.all(lost);
    expect((await Promise.all(accepted.map(({ id }) => message(id)))).map(({ state }) => state)).toEqual(accepted.map(() => "queued"));

    await setFaults([]);
    const everyone = [...throttled, ...waiting, ...unanswered];
    const again = await accept(everyone.map(({ event }) => event));
    const kept = again.slice(0, THROTTLED + WAITING);
    expect(kept.map(({ replayed }) => replayed)).toEqual(kept.map(() => true));
    expect(kept.map(({ id }) => id)).toEqual([...putOff, ...accepted].map(({ id }) => id));
    for (const { id } of again) await untilState(id, "delivered");
    expect(await Promise.all(everyone.map(async ({ number }) => (await texts(number)).length))).toEqual(everyone.map(() => 1));
  });
});
