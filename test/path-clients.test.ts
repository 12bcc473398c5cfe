import { CloudEvent, HTTP } from "cloudevents";
import twilio from "twilio";
import { describe, expect, it } from "vitest";
import { SANDBOX_ACCOUNT_SID } from "../examples/local.ts";
import { sandboxSdk } from "./examples/start-sandbox.ts";
import { newPerson } from "./shop-events.ts";
import { eventsAnswer, eventually, PATIENT_TEST_MS, useEverything } from "./start-everything.ts";

const everything = useEverything("clients");

/** An event of the shop as the official CloudEvents client makes it: it names its person by `subject`. */
function shipped(id: string, person: string): CloudEvent<unknown> {
  const data = { order_id: "D1", tracking: "JL1", eta: "2026-11-13" };
  return new CloudEvent({ id, source: "/shop/orders", type: "order.shipped", subject: person, shopregion: "east-1", data });
}

/** Somebody whom the router knows already. */
async function knownPerson() {
  const { local, key } = everything();
  const { id, ...profile } = newPerson();
  const response = await fetch(`${local.router.url}/v1/recipients/${id}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(profile),
  });
  expect(response.status).toBe(200);
  return { id, number: profile.addresses.sms };
}

describe("The official CloudEvents client", { timeout: PATIENT_TEST_MS }, () => {
  it.each(["structured", "binary"] as const)("is understood in %s mode", async (mode) => {
    const { post, untilState, texts } = everything();
    const { id, number } = await knownPerson();
    const made = HTTP[mode](shipped(`D-${mode}`, id));
    const headers = Object.fromEntries(Object.entries(made.headers).map(([name, value]) => [name, String(value)]));
    const response = await post(String(made.body), headers);
    expect(response.status).toBe(202);
    const [message] = eventsAnswer.parse(await response.json()).events.flatMap(({ messages }) => messages ?? []);
    expect(message).toMatchObject({ recipient: id, notice: "order.shipped", decision: "send" });
    expect(await untilState(message?.id ?? "", "delivered")).toMatchObject({ event: { id: `D-${mode}`, source: "/shop/orders" } });
    expect(await texts(number)).toEqual([expect.stringContaining("订单D1已发出")]);
  });

  it("makes the same event in both modes, so that the second is known", async () => {
    const { post } = everything();
    const event = shipped("D-twice", (await knownPerson()).id);
    const [structured, binary] = [HTTP.structured(event), HTTP.binary(event)];
    const answers = [];
    for (const { headers, body } of [structured, binary]) {
      const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      answers.push(eventsAnswer.parse(await (await post(String(body), plain)).json()));
    }
    const [first, second] = answers.flatMap(({ events }) => events.flatMap(({ messages }) => messages ?? []));
    expect(second).toEqual({ ...first, replayed: true });
  });

  it("has its events taken as an array in batch mode", async () => {
    const { post, untilState, texts } = everything();
    const people = [await knownPerson(), await knownPerson(), await knownPerson()];
    const batch = JSON.stringify(people.map(({ id }, at) => shipped(`D-batch-${at}`, id)));
    const response = await post(batch, { "content-type": "application/cloudevents-batch+json; charset=utf-8" });
    expect(response.status).toBe(202);
    const answer = eventsAnswer.parse(await response.json());
    expect(answer.events.map((event) => event.id)).toEqual(["D-batch-0", "D-batch-1", "D-batch-2"]);
    for (const [at, { messages }] of answer.events.entries()) {
      await untilState(messages?.[0]?.id ?? "", "delivered");
      expect(await texts(people[at]?.number ?? "")).toHaveLength(1);
    }
  });
});

describe("The official Twilio SDK", { timeout: PATIENT_TEST_MS }, () => {
  it("sends through the same carrier, and sees what the router sent", async () => {
    const { local, post, texts } = everything();
    const sdk = sandboxSdk(local.sandbox.url, SANDBOX_ACCOUNT_SID, local.keys.sandbox_auth_token);
    const [{ number: mine }, theirs] = [await knownPerson(), await knownPerson()];
    const { sid } = await sdk.messages.create({ to: mine, from: "+15005550006", body: "您好" });
    await eventually(
      () => sdk.messages(sid).fetch(),
      ({ status }) => status === "delivered",
    );
    expect(await texts(mine)).toEqual(["您好"]);

    const { headers, body } = HTTP.structured(shipped("D-sdk", theirs.id));
    await post(String(body), { "content-type": String(headers["content-type"]) });
    const [sent] = await eventually(
      () => sdk.messages.list({ to: theirs.number }),
      ({ length }) => length > 0,
    );
    expect(sent).toMatchObject({ from: "+15005550006", body: expect.stringContaining("订单D1已发出"), numSegments: "1" });
  });

  it("raises its own error where the carrier refuses", async () => {
    const { local } = everything();
    const sdk = sandboxSdk(local.sandbox.url, SANDBOX_ACCOUNT_SID, "not the token");
    await expect(sdk.messages.create({ to: "+8613800000001", from: "+15005550006", body: "hi" })).rejects.toBeInstanceOf(
      twilio.RestException,
    );
  });
});
