import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { SANDBOX_ACCESS_KEY_ID, SANDBOX_SDK_APP_ID, SANDBOX_SECRET_ID } from "../examples/local.ts";
import { shopCatalogAt } from "../examples/open-shop.ts";
import { routerClient } from "../examples/router-client.ts";
import { newEvent, newPerson } from "./shop-events.ts";
import { eventually, PATIENT_TEST_MS, useEverything } from "./start-everything.ts";

/** Numbers that go to each carrier first, and where the second is another one. */
const TO_TWILIO = "+8613811";
const TO_ALIBABA = "+8613822";
const TO_TENCENT = "+8613833";
const TO_RCS = "+8613844";
const TO_BROKEN = "+8613855";

const everything = useEverything("carriers", { vars: { RECEIPT_WAIT_SECONDS: "2" } });

/** The shop with three carriers, each the first for some numbers; people of the operations desk hear of alerts by Tencent. */
async function catalogAt(sandbox: string): Promise<object> {
  const shop = z.looseObject({ carriers: z.looseObject({}), notices: z.looseObject({}) }).parse(shopCatalogAt(sandbox, true));
  const code = { code: "SMS_1", params: { code: "{{ data.code }}" } };
  const order = { code: "SMS_2", params: { order: "{{ data.order_id }}" } };
  const alert = { code: "1003", params: ["{{ data.carrier }}"] };
  const words = (text: string): object => ({ "zh-CN": text });
  const alibaba = { adapter: "alibaba", base_url: sandbox, secrets: { access_key_secret: "CARRIER_SHOP_ALIBABA" } };
  const settings = { access_key_id: SANDBOX_ACCESS_KEY_ID, sign_name: "鲸落商城" };
  const broken = { adapter: "twilio", base_url: sandbox, settings: { account_sid: `AC${"9".repeat(32)}`, from: "+15005550006" } };
  return {
    ...shop,
    carriers: {
      ...shop.carriers,
      ali: { ...alibaba, settings },
      "ali-rcs": { ...alibaba, settings },
      ten: {
        adapter: "tencent",
        base_url: sandbox,
        settings: { secret_id: SANDBOX_SECRET_ID, sdk_app_id: SANDBOX_SDK_APP_ID, sign_name: "鲸落商城" },
        secrets: { secret_key: "CARRIER_SHOP_TENCENT" },
      },
      broken: { ...broken, secrets: { auth_token: "CARRIER_SHOP_TWILIO" } },
    },
    routes: [
      { channel: "sms", notices: ["desk.alert"], carriers: ["ten"] },
      { channel: "sms", prefixes: [TO_ALIBABA], carriers: ["ali", "ten"] },
      { channel: "sms", prefixes: [TO_TENCENT], carriers: ["ten", "main"] },
      { channel: "sms", prefixes: [TO_BROKEN], carriers: ["broken"] },
      { channel: "sms", carriers: ["main", "ali"] },
      { channel: "rcs", carriers: ["ali-rcs"] },
    ],
    notices: {
      "login.code": {
        class: "verification",
        channels: ["sms"],
        templates: { sms: words("验证码{{ data.code }}") },
        carrier_templates: { ali: code, ten: { code: "1001", params: ["{{ data.code }}"] } },
      },
      "order.shipped": {
        class: "transactional",
        channels: ["sms"],
        templates: { sms: words("订单{{ data.order_id }}已发出") },
        carrier_templates: { ali: order, ten: { code: "1002", params: ["{{ data.order_id }}"] } },
      },
      "order.rich": {
        class: "transactional",
        channels: ["rcs", "sms"],
        fallback_after: "PT2S",
        templates: { rcs: words("订单{{ data.order_id }}已发出"), sms: words("订单{{ data.order_id }}已发出") },
        carrier_templates: { "ali-rcs": order, ali: order, ten: { code: "1002", params: ["{{ data.order_id }}"] } },
      },
      "desk.alert": {
        class: "transactional",
        on: ["carillon.alert.credentials.refused"],
        to: "recipient:desk",
        channels: ["sms"],
        templates: { sms: words("{{ data.carrier }}拒绝了账号") },
        carrier_templates: { ten: alert },
      },
    },
  };
}

const carriersAnswer = z.object({
  carriers: z.array(
    z.looseObject({ name: z.string(), callbacks: z.object({ receipts: z.string() }), gate: z.looseObject({ breaker: z.string() }) }),
  ),
});

async function ask(path: string, init: RequestInit = {}): Promise<unknown> {
  const { local, key } = everything();
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const answer = await fetch(`${local.router.url}${path}`, { headers, ...init });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

async function control(path: string, body: object): Promise<void> {
  const answer = await fetch(`${everything().local.sandbox.url}/control/${path}`, { method: "PUT", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
}

/** Where each carrier stood, first to last. */
const carriersOf = z.object({ attempts: z.array(z.looseObject({ carrier: z.string().optional(), channel: z.string().optional() })) });

beforeAll(async () => {
  const { local, key } = everything();
  await routerClient(local.router.url).publishCatalog(key, await catalogAt(local.sandbox.url));
  const { carriers } = carriersAnswer.parse(await ask("/v1/carriers"));
  const callbackOf = (name: string): string => carriers.find((one) => one.name === name)?.callbacks.receipts ?? "";
  await control("callbacks", {
    alibaba: { [SANDBOX_ACCESS_KEY_ID]: callbackOf("ali") },
    tencent: { [SANDBOX_SDK_APP_ID]: callbackOf("ten") },
  });
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Alibaba's templates have their values so.
  await control("templates", {
    alibaba: { SMS_1: "验证码${code}", SMS_2: "订单${order}已发出" },
    tencent: { 1001: "验证码{1}", 1002: "订单{1}已发出", 1003: "{1}拒绝了账号" },
  });
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: only there.
}, PATIENT_TEST_MS);

describe("Three carriers side by side", { timeout: PATIENT_TEST_MS }, () => {
  it.each([
    ["main", TO_TWILIO],
    ["ali", TO_ALIBABA],
    ["ten", TO_TENCENT],
  ])("each bring a message to its handset and its receipt home: %s", async (name, prefix) => {
    const { accept, untilState, texts, message } = everything();
    const person = newPerson({ prefix });
    const [told] = await accept([newEvent("transactional", person)]);
    await untilState(told?.id ?? "", "delivered");
    expect(await texts(person.addresses.sms)).toHaveLength(1);
    expect((await texts(person.addresses.sms))[0]).toContain("订单D1已发出");
    expect(carriersOf.parse(await message(told?.id ?? "")).attempts.map(({ carrier }) => carrier)).toEqual([name]);
  });

  it("take over from each other: a code whose carrier answers 503 is on the next one's handset once, and delivered", async () => {
    const { accept, untilState, texts, message } = everything();
    await control("faults", { rules: [{ fault: "status_503_before", carrier: "alibaba" }] });
    const person = newPerson({ prefix: TO_ALIBABA });
    const [code] = await accept([newEvent("verification", person)]);
    await untilState(code?.id ?? "", "delivered");
    expect(await texts(person.addresses.sms)).toEqual(["【鲸落商城】验证码214013"]);
    expect(carriersOf.parse(await message(code?.id ?? "")).attempts.map(({ carrier }) => carrier)).toEqual(["ali", "ten"]);
    await control("faults", { rules: [] });
  });

  it("ask after an unclear call before they send again: what the carrier has is not sent twice, though its receipt is lost", async () => {
    // Twilio shows it by To, From and Body; the wait for a receipt is over after RECEIPT_WAIT_SECONDS.
    const { accept, texts, message } = everything();
    const person = newPerson({ prefix: TO_TWILIO });
    await control("faults", {
      rules: [
        { fault: "status_503_after", to: person.addresses.sms },
        { fault: "receipt_lost", to: person.addresses.sms },
      ],
    });
    const [told] = await accept([newEvent("transactional", person)]);
    await eventually(
      () => message(told?.id ?? ""),
      ({ state }) => state === "sent" || state === "delivered",
    );
    expect(await texts(person.addresses.sms)).toHaveLength(1);
    await control("faults", { rules: [] });
  });
});

describe("Channels in order", { timeout: PATIENT_TEST_MS }, () => {
  it("give way to SMS where RCS stays silent, and only then", async () => {
    const { accept, untilState, message } = everything();
    await control("faults", { rules: [{ fault: "receipt_lost", channel: "rcs", to: `${TO_RCS}000001` }] });
    const person = (number: string): object => ({ id: number, addresses: { rcs: number, sms: number }, locale: "zh-CN" });
    const numbers = [`${TO_RCS}000001`, `${TO_RCS}000002`];
    const events = numbers.map((number) => ({
      id: number,
      source: "/rich",
      type: "order.rich",
      data: { order_id: "D9" },
      recipients: [person(number)],
    }));
    const [silent, heard] = await accept(events);
    await untilState(silent?.id ?? "", "delivered");
    await untilState(heard?.id ?? "", "delivered");
    const channelsOf = async (id = ""): Promise<unknown> => carriersOf.parse(await message(id)).attempts.map(({ channel }) => channel);
    expect(await channelsOf(silent?.id)).toEqual(["rcs", "sms"]);
    expect(await channelsOf(heard?.id)).toEqual(["rcs"]);
  });
});

describe("A carrier that refuses the account", { timeout: PATIENT_TEST_MS }, () => {
  it("is closed at once; people hear of it by a notice of their own, and the message waits instead of failing", async () => {
    const { accept, texts, message } = everything();
    const desk = "+8613833999999";
    await ask("/v1/recipients/desk", { method: "PUT", body: JSON.stringify({ addresses: { sms: desk }, locale: "zh-CN" }) });
    const [told] = await accept([newEvent("transactional", newPerson({ prefix: TO_BROKEN }))]);
    await eventually(
      () => texts(desk),
      (seen) => seen.length > 0,
    );
    expect(await texts(desk)).toEqual(["【鲸落商城】broken拒绝了账号"]);
    const { carriers } = carriersAnswer.parse(await ask("/v1/carriers"));
    expect(carriers.find(({ name }) => name === "broken")?.gate).toMatchObject({
      breaker: "open",
      cause: expect.stringContaining("credentials"),
    });
    expect((await message(told?.id ?? "")).state).toBe("queued");
  });
});

const letters = z.object({ dead_letters: z.array(z.looseObject({ id: z.string(), reason: z.string(), code: z.string().optional() })) });

describe("A message that gave up", { timeout: PATIENT_TEST_MS }, () => {
  it("stands among the dead letters, and a replay brings it to its handset once", async () => {
    const { accept, untilState, texts } = everything();
    const person = newPerson({ prefix: TO_TWILIO });
    await control("faults", {
      rules: [
        { fault: "refuse", code: 21606, to: person.addresses.sms },
        { fault: "refuse", carrier: "alibaba", code: "isv.SMS_TEMPLATE_ILLEGAL", to: person.addresses.sms.replace("+86", "") },
        { fault: "refuse", carrier: "alibaba", code: "isv.SMS_TEMPLATE_ILLEGAL", to: person.addresses.sms },
      ],
    });
    const [told] = await accept([newEvent("transactional", person)]);
    const id = told?.id ?? "";
    await untilState(id, "failed");
    const { dead_letters } = letters.parse(await ask("/v1/dead-letters?notice=order.shipped"));
    expect(dead_letters.find((letter) => letter.id === id)).toMatchObject({ reason: "failed" });
    await control("faults", { rules: [] });
    await ask("/v1/dead-letters/replay", { method: "POST", body: JSON.stringify({ ids: [id] }) });
    await untilState(id, "delivered");
    expect(await texts(person.addresses.sms)).toHaveLength(1);
    await ask("/v1/dead-letters/replay", { method: "POST", body: JSON.stringify({ ids: [id] }) });
    expect(letters.parse(await ask("/v1/dead-letters?notice=order.shipped")).dead_letters.some((letter) => letter.id === id)).toBe(false);
    expect(await texts(person.addresses.sms)).toHaveLength(1);
  });
});
