import { describe, expect, it } from "vitest";
import { NOTICE_CLASSES } from "../src/vocabulary/classes.ts";
import { newEvent, newPerson } from "./shop-events.ts";
import { PATIENT_TEST_MS, useEverything } from "./start-everything.ts";

const everything = useEverything("path");

describe.concurrent("An event", { timeout: PATIENT_TEST_MS }, () => {
  it("is accepted, told to the handset in the person's language, and its receipt comes home", async () => {
    const { post, untilState, texts } = everything();
    const person = newPerson({ time_zone: "Asia/Shanghai" });
    const event = newEvent("transactional", person);

    const response = await post(event);
    expect(response.status).toBe(202);
    const answer: unknown = await response.json();
    const id = expect.stringMatching(/^[\w-]{44}$/);
    const decided = { id, recipient: person.id, notice: "order.shipped", decision: "send", channel: "sms", send_at: expect.any(String) };
    expect(answer).toEqual({ events: [{ id: event.id, source: "/test", messages: [decided] }] });

    const [message] = await everything().accept([event]);
    expect(message?.replayed).toBe(true);
    const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(await untilState(message?.id ?? "", "delivered")).toEqual({
      id: message?.id,
      recipient: person.id,
      notice: "order.shipped",
      class: "transactional",
      state: "delivered",
      decision: "send",
      channel: "sms",
      event: { id: event.id, source: "/test", type: "order.shipped", time: instant },
      catalog: 1,
      accepted_at: instant,
      send_at: instant,
      expires_at: instant,
      attempts: [
        {
          n: 1,
          channel: "sms",
          carrier: "main",
          claimed_at: instant,
          answered_at: instant,
          answer: { kind: "taken", reference: expect.stringMatching(/^SM[0-9a-f]{32}$/), segments: 1 },
          reference: expect.stringMatching(/^SM[0-9a-f]{32}$/),
          cost: "0.045 CNY",
          receipts: [{ status: "delivered", at: instant }],
        },
      ],
    });
    expect(await texts(person.addresses.sms)).toEqual(["【鲸落商城】订单D1已发出，运单JL1，预计11月13日送达。可在订单页改送货时间。"]);
  });

  it("reaches a person who reads English in English", async () => {
    const { accept, untilState, texts } = everything();
    const person = newPerson({ locale: "en-GB", time_zone: "Europe/London" });
    const [message] = await accept([newEvent("transactional", person)]);
    await untilState(message?.id ?? "", "delivered");
    expect(await texts(person.addresses.sms)).toEqual(["【鲸落商城】Order D1 is on its way (JL1), due 13 Nov."]);
  });

  it("arrives in each of the four classes", async () => {
    const { accept, untilState, texts } = everything();
    const people = NOTICE_CLASSES.map(() => newPerson());
    const messages = await accept(people.flatMap((person, at) => newEvent(NOTICE_CLASSES[at] ?? "service", person)));
    expect(messages.map(({ decision }) => decision)).toEqual(["send", "send", "send", "send"]);
    const seen = await Promise.all(messages.map(({ id }) => untilState(id, "delivered")));
    expect(seen.map((message) => message.class)).toEqual(NOTICE_CLASSES);
    for (const person of people) expect(await texts(person.addresses.sms)).toHaveLength(1);
  });

  it("is kept and told why where a person may not be told", async () => {
    const { accept, message, texts } = everything();
    const { preferences: _, ...silent } = newPerson();
    const unreachable = { id: "without-a-number", addresses: {}, locale: "zh-CN" };
    const [noConsent, noNumber] = await accept([
      newEvent("marketing", silent),
      { ...newEvent("transactional", newPerson()), recipients: [unreachable] },
    ]);
    expect(noConsent).toMatchObject({ decision: "suppress", reason: "no_consent" });
    expect(noNumber).toMatchObject({ decision: "suppress", reason: "unreachable" });
    expect(await message(noConsent?.id ?? "")).toMatchObject({ state: "suppressed", reason: "no_consent", attempts: [] });
    expect(await texts(silent.addresses.sms)).toEqual([]);
  });

  it("is refused where it has not what its words need, and nothing is sent", async () => {
    const { post, texts } = everything();
    const person = newPerson();
    const response = await post({ ...newEvent("transactional", person), data: { order_id: "D1", eta: "soon" } });
    expect(response.status).toBe(422);
    const errors = ["/data/tracking", "/data/eta"].map((pointer) => ({ pointer, detail: expect.any(String) }));
    expect(await response.json()).toMatchObject({ errors });
    expect(await texts(person.addresses.sms)).toEqual([]);
  });
});
