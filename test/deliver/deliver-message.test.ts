import { describe, expect, it } from "vitest";
import type { OutgoingText } from "../../src/deliver/carriers/adapter.ts";
import type { MountedCarrier } from "../../src/deliver/carriers/registry.ts";
import { type ConsumeDeps, consumeLane } from "../../src/deliver/consume-lane.ts";
import type { ClaimedMessage, Told } from "../../src/deliver/recipient-port.ts";
import type { CompiledCatalog } from "../../src/store/compiled-catalog.ts";
import type { CarrierAnswer, CarrierLimits } from "../../src/vocabulary/carrier.ts";
import { catalog as catalogSchema } from "../../src/vocabulary/catalog.ts";
import { idOf } from "../admit/recipient-calls.ts";
import { carrierAnswering, catalogWith, DATA, deliveryOf, EVENT, testLane } from "./lane.ts";

const NOW = Date.UTC(2026, 10, 11);
const CLAIMED: ClaimedMessage = {
  id: idOf("someone", 1),
  notice: "order.shipped",
  class: "transactional",
  catalog: 1,
  channel: "sms",
  address: { sealed: "+8613800000001", hash: "h", country: "CN" },
  recipient: { id: "u1", tags: [] },
  sealed: EVENT,
  data: DATA,
  merged: [],
  n: 1,
  due_at: NOW,
  expires_at: NOW + 86_400_000,
  before: [],
};
const TAKEN: CarrierAnswer = { kind: "taken", reference: "SM1" };

/** Delivers one claimed message. Gives what its Recipient was told, and the messages that a carrier was asked to send. */
async function deliver(claimed: Partial<ClaimedMessage> = {}, over: Partial<ConsumeDeps> = {}, answer: CarrierAnswer = TAKEN) {
  const lane = testLane();
  const calls: string[] = [];
  const words: Told[] = [];
  const message = { ...CLAIMED, ...claimed };
  const delivery = deliveryOf({ v: 1, tenant: "shop", class: message.class, ids: [message.id] });
  await consumeLane([delivery], {
    ...lane.deps,
    catalogVersion: async () => catalogWith(["main", "spare"]),
    carrier: () => carrierAnswering(() => answer, calls),
    callbackUrl: async (tenant, carrier, id, attempt) => `https://carillon.example/${tenant}/${carrier}?m=${id}&a=${attempt}`,
    claim: async () => [{ kind: "send", message }],
    tell: async (_tenant, _key, told) => {
      words.push(...told);
      return told.map(({ id = "" }) => ({ id, matched: true, state: "sent" }));
    },
    ...over,
  });
  return { told: words[0], words, calls, delivery, lane };
}

const failing = async (): Promise<never> => {
  throw new Error("it is broken");
};
const triedAt = (carrier: string, closed: boolean) => ({ n: 1, channel: "sms" as const, carrier, closed });

describe("A claimed message", () => {
  it("is put to the carrier with number, words, message and where receipts shall come", async () => {
    const sent: object[] = [];
    const main = carrierAnswering(() => TAKEN, []);
    const send: typeof main.send = async (text) => {
      sent.push(text);
      return TAKEN;
    };
    await deliver({ n: 3, recipient: { id: "u1", tags: [], locale: "en" } }, { carrier: () => ({ ...main, send }) });
    const callback_url = `https://carillon.example/shop/main?m=${CLAIMED.id}&a=3`;
    expect(sent).toEqual([{ channel: "sms", to: "+8613800000001", text: "Order D1 shipped", message: CLAIMED.id, callback_url }]);
  });

  it.each<CarrierAnswer>([
    TAKEN,
    { kind: "refused", because: "recipient", code: "21614" },
    { kind: "throttled", retry_after_seconds: 3 },
    { kind: "unreachable", code: "530" },
    { kind: "unclear", code: "503" },
  ])("has the carrier's answer told as it is, with the carriers that are left: $kind", async (answer) => {
    const { told, calls, delivery } = await deliver({}, {}, answer);
    expect(told).toEqual({ kind: "answer", id: CLAIMED.id, n: 1, carrier: "main", answer, untried: 1, open: 2 });
    expect(calls).toEqual([CLAIMED.id]);
    expect(delivery.said).toBe("ack");
  });

  it.each(["config", "balance"] as const)("counts a carrier as closed that refuses the account for its %s", async (because) => {
    const answer: CarrierAnswer = { kind: "refused", because };
    expect((await deliver({}, {}, answer)).told).toMatchObject({ carrier: "main", untried: 1, open: 1 });
    const { told } = await deliver({ before: [triedAt("main", true)] }, {}, answer);
    expect(told).toMatchObject({ carrier: "spare", untried: 0, open: 0 });
  });

  it("is put to nobody where there is no route, where all carriers are closed, or where the account cannot be used", async () => {
    const noRoute = await deliver(
      {},
      { catalogVersion: async () => ({ ...catalogWith(["main"]), catalog: { notices: catalogWith([]).catalog.notices } }) },
    );
    expect(noRoute.told).toMatchObject({ carrier: "", open: 0, answer: { kind: "refused", because: "config", code: "no_route" } });
    const allClosed = await deliver({ before: [triedAt("main", true), triedAt("spare", true)] });
    expect(allClosed.told).toMatchObject({ carrier: "", open: 0, answer: { kind: "refused", because: "config", code: "all_closed" } });
    const unusable = await deliver({}, { carrier: () => undefined });
    expect(unusable.told).toMatchObject({
      carrier: "main",
      untried: 1,
      open: 1,
      answer: { kind: "refused", because: "config", code: "unusable" },
    });
    expect([noRoute, allClosed, unusable].flatMap(({ calls }) => calls)).toEqual([]);
  });

  it.each<[string, Partial<ClaimedMessage>]>([
    ["the notice is gone", { notice: "gone" }],
    ["the notice has none for the channel", { channel: "email" }],
    ["the event has not what they name", { data: DATA.replace("order", "parcel") }],
  ])("is refused for its words where %s: no carrier would do better", async (_, claimed) => {
    const { told, calls } = await deliver(claimed);
    expect(told).toMatchObject({ kind: "answer", n: 1, answer: { kind: "refused", because: "content", code: "unrenderable" } });
    expect(calls).toEqual([]);
  });

  it("is refused for words that are longer than the carrier takes", async () => {
    const abroad = { ...CLAIMED.address, sealed: "+447700900001", country: "GB" };
    const { told, calls } = await deliver({ address: abroad, data: DATA.replace("D1", "D".repeat(1600)) });
    expect(told).toMatchObject({ answer: { kind: "refused", because: "content", code: "too_long" } });
    expect(calls).toEqual([]);
  });

  it.each<[string, Partial<ConsumeDeps>]>([
    ["the catalog cannot be read", { catalogVersion: failing }],
    ["what is sealed cannot be opened", { sealer: { ...testLane().deps.sealer, open: failing } }],
    ["the event cannot be read", { sealer: { ...testLane().deps.sealer, open: async () => "{}" } }],
  ])("goes back without an attempt, to come again after 5 s, where %s", async (_, over) => {
    const { told, calls, lane, delivery } = await deliver({}, over);
    expect(told).toEqual({ kind: "returned", id: CLAIMED.id, n: 1, until: NOW + 5_000 });
    expect(calls).toEqual([]);
    expect(lane.requeued).toEqual([{ ids: [CLAIMED.id], delay_seconds: 5 }]);
    expect(delivery.said).toBe("ack");
  });

  it("is taken for lost where its call breaks: nothing is told that is not known, and its lane comes again", async () => {
    const main = carrierAnswering(() => TAKEN, []);
    const { words, delivery } = await deliver({}, { carrier: () => ({ ...main, send: failing }) });
    expect(words).toEqual([]);
    expect(delivery.said).toEqual({ retry_seconds: 5 });
  });

  it("is not acked where its answer could not be told", async () => {
    const { delivery } = await deliver({}, { tell: failing });
    expect(delivery.said).toEqual({ retry_seconds: 5 });
  });
});

describe("The words of a claimed message", () => {
  const BRAND = { name: "鲸落" };
  const signed = (templates: object, price?: Readonly<Record<string, string>>): CompiledCatalog => {
    const account = { adapter: "twilio", base_url: "https://api.twilio.com", settings: {}, price };
    const { catalog, version } = catalogWith(["main"]);
    const notices = { "order.shipped": { class: "transactional", channels: ["sms", "push"], templates } };
    return { version, catalog: catalogSchema.parse({ ...catalog, brand: BRAND, carriers: { main: account }, notices }) };
  };
  const SMS = { sms: { "zh-CN": "订单{{ data.order }}已发货" } };

  /** Delivers by a carrier with these limits. Gives what it was put to send, and what the Recipient was told. */
  async function delivered(claimed: Partial<ClaimedMessage>, compiled: CompiledCatalog, limits: Partial<CarrierLimits>, answer = TAKEN) {
    const sent: OutgoingText[] = [];
    const main = carrierAnswering(() => answer, []);
    const carrier: MountedCarrier = {
      ...main,
      limits: { ...main.limits, ...limits },
      async send(text) {
        sent.push(text);
        return answer;
      },
    };
    const { told } = await deliver(claimed, { catalogVersion: async () => compiled, carrier: () => carrier });
    return { sent, told };
  }

  it("are signed, but for a carrier that adds the signature", async () => {
    expect((await delivered({}, signed(SMS), {})).sent).toMatchObject([{ text: "【鲸落】订单D1已发货" }]);
    expect((await delivered({}, signed(SMS), { adds_signature: true })).sent).toMatchObject([{ text: "订单D1已发货" }]);
  });

  it("may be as long as the carrier takes, by what it is given", async () => {
    const limits = { text_max_units: 10 };
    expect((await delivered({}, signed(SMS), limits)).told).toMatchObject({ answer: { code: "too_long" } });
    expect((await delivered({}, signed(SMS), { ...limits, adds_signature: true })).told).toMatchObject({ answer: { kind: "taken" } });
  });

  it("cost as many segments as the carrier says, else as they were counted with their signature", async () => {
    const data = DATA.replace("D1", "D".repeat(62));
    const compiled = signed(SMS, { CN: "0.05 CNY", "*": "0.5 CNY" });
    const costs = await Promise.all(
      [{ ...TAKEN, segments: 3 }, TAKEN].map(
        async (answer) => (await delivered({ data }, compiled, { adds_signature: true }, answer)).told,
      ),
    );
    expect(costs).toMatchObject([{ cost: "0.15 CNY" }, { cost: "0.1 CNY" }]);
  });

  it("are signed and counted by the number's country", async () => {
    const data = JSON.stringify({ order: "【D1】" });
    const abroad = { ...CLAIMED.address, country: "GB" };
    expect((await delivered({ data }, signed(SMS), {})).sent).toMatchObject([{ text: "【鲸落】订单[D1]已发货" }]);
    expect((await delivered({ data, address: abroad }, signed(SMS), {})).sent).toMatchObject([{ text: "【鲸落】订单【D1】已发货" }]);
  });

  it("carry what their channel has besides a text", async () => {
    const push = { push: { "zh-CN": { title: "已发货", body: "订单{{ data.order }}" } } };
    const compiled = { ...signed(push), catalog: { ...signed(push).catalog, routes: [{ channel: "push" as const, carriers: ["main"] }] } };
    const { sent } = await delivered({ channel: "push" }, compiled, { channels: ["push"] });
    expect(sent).toMatchObject([{ text: "已发货: 订单D1", content: { channel: "push", title: "已发货", body: "订单D1" } }]);
    expect((await delivered({}, signed(SMS), {})).sent[0]).not.toHaveProperty("content");
  });

  it("are asked after as the carrier was given them", async () => {
    const texts: string[] = [];
    const asked = async (adds_signature: boolean) => {
      const main = carrierAnswering(() => TAKEN, []);
      const carrier: MountedCarrier = {
        ...main,
        limits: { ...main.limits, adds_signature },
        query: async ({ text }) => {
          texts.push(text);
          return { kind: "absent" };
        },
      };
      const before = [{ ...triedAt("main", false), unclear_since: NOW - 61_000 }];
      await deliver({ before, n: 2 }, { catalogVersion: async () => signed(SMS), carrier: () => carrier });
    };
    await asked(false);
    await asked(true);
    expect(texts).toEqual(["【鲸落】订单D1已发货", "订单D1已发货"]);
  });
});

describe("Before it is sent once more because an outcome is unclear", () => {
  const unclear = { before: [{ ...triedAt("main", false), unclear_since: NOW - 61_000 }], n: 2 };
  const found = { kind: "found", receipt: { status: "sent", reference: "SM9" } } as const;

  /** A carrier that can be asked. */
  function asking(finding: object, calls: string[]) {
    const main = carrierAnswering(() => TAKEN, calls);
    return { ...main, query: async () => finding } as typeof main;
  }

  it("the carrier is asked: what it has is a receipt of the first attempt, and nothing is sent", async () => {
    const calls: string[] = [];
    const { words } = await deliver(unclear, { carrier: () => asking(found, calls) });
    expect(calls).toEqual([]);
    expect(words).toMatchObject([
      { kind: "receipt", id: CLAIMED.id, attempt: 1, carrier: "main", reference: "SM9", status: "sent" },
      { kind: "returned", n: 2 },
    ]);
  });

  it.each([{ kind: "absent" }, { kind: "unanswered", code: "timeout" }])(
    "a carrier that says $kind proves nothing: it is sent",
    async (finding) => {
      const calls: string[] = [];
      await deliver(unclear, { carrier: () => asking(finding, calls) });
      expect(calls).toEqual([CLAIMED.id]);
    },
  );

  it("a code waits for no answer", async () => {
    const calls: string[] = [];
    await deliver({ ...unclear, class: "verification" }, { carrier: () => asking(found, calls) });
    expect(calls).toEqual([CLAIMED.id]);
  });
});
