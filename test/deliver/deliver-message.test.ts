import { describe, expect, it } from "vitest";
import { type DeliverDeps, deliverMessage } from "../../src/deliver/deliver-message.ts";
import type { ClaimedMessage, ToldAnswer } from "../../src/deliver/recipient-port.ts";
import type { CarrierAnswer } from "../../src/vocabulary/carrier.ts";
import { idOf } from "../admit/recipient-calls.ts";
import { carrierAnswering, catalogWith, DATA, EVENT, NO_PAUSES, plainSealer } from "./lane.ts";

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
  before: [],
};
const NOW = 1_000_000;
const TAKEN: CarrierAnswer = { kind: "taken", reference: "SM1" };

/** Delivers one claimed message. Gives what its Recipient was told, and the messages that a carrier was asked to send. */
async function deliver(
  claimed: Partial<ClaimedMessage> = {},
  over: Partial<DeliverDeps> = {},
  answer: CarrierAnswer = TAKEN,
  leaseMs = 60_000,
) {
  const calls: string[] = [];
  let told: readonly ToldAnswer[] = [];
  const deps: DeliverDeps = {
    now: () => NOW,
    pauses: async () => NO_PAUSES,
    catalogVersion: async () => catalogWith(["main", "spare"]),
    carrier: () => carrierAnswering(() => answer, calls),
    sealer: plainSealer,
    outgoing: async () => ({ kind: "unclear", code: "unused", detail: "" }),
    callbackUrl: async (tenant, carrier, message, attempt) => `https://carillon.example/${tenant}/${carrier}?m=${message}&a=${attempt}`,
    tell: async (_tenant, _key, words) => {
      told = words;
      return words.map(({ id }) => ({ id, matched: true, state: "sent" }));
    },
    ...over,
  };
  const result = await deliverMessage("shop", "someone", { ...CLAIMED, ...claimed }, NOW + leaseMs, deps);
  return { told: told[0], calls, result };
}

const failing = async (): Promise<never> => {
  throw new Error("it is broken");
};

describe("deliverMessage", () => {
  it("gives the carrier number, words, message and where receipts shall come", async () => {
    const sent: object[] = [];
    const main = carrierAnswering(() => TAKEN, []);
    const send: typeof main.send = async (text) => {
      sent.push(text);
      return TAKEN;
    };
    await deliver({ n: 3, recipient: { id: "u1", tags: [], locale: "en" } }, { carrier: () => ({ ...main, send }) });
    const callback_url = `https://carillon.example/shop/main?m=${CLAIMED.id}&a=3`;
    expect(sent).toEqual([{ to: "+8613800000001", text: "Order D1 shipped", message: CLAIMED.id, callback_url }]);
  });

  it.each<CarrierAnswer>([
    TAKEN,
    { kind: "refused", because: "recipient", code: "21614" },
    { kind: "throttled", retry_after_seconds: 3 },
    { kind: "unreachable", code: "530" },
    { kind: "unclear", code: "503" },
  ])("tells the carrier's answer as it is, with the carriers that are left: $kind", async (answer) => {
    const { told, calls, result } = await deliver({}, {}, answer);
    expect(told).toEqual({ kind: "answer", id: CLAIMED.id, n: 1, carrier: "main", answer, untried: 1, open: 2 });
    expect(result).toEqual({ id: CLAIMED.id, matched: true, state: "sent" });
    expect(calls).toEqual([CLAIMED.id]);
  });

  it.each(["config", "balance"] as const)("counts a carrier as closed when it refuses the account for its %s", async (because) => {
    const answer: CarrierAnswer = { kind: "refused", because };
    expect((await deliver({}, {}, answer)).told).toMatchObject({ carrier: "main", untried: 1, open: 1 });
    const before = [{ carrier: "main", closed: true }];
    expect((await deliver({ before }, {}, answer)).told).toMatchObject({ carrier: "spare", untried: 0, open: 0 });
  });

  it("calls nobody where there is no route, where all carriers are closed, or where the account cannot be used", async () => {
    const noRoute = await deliver({}, { catalogVersion: async () => ({ ...catalogWith(["main"]), catalog: { notices: {} } }) });
    expect(noRoute.told).toMatchObject({
      kind: "answer",
      carrier: "",
      open: 0,
      answer: { kind: "refused", because: "config", code: "no_route" },
    });
    const allClosed = await deliver({ before: ["main", "spare"].map((carrier) => ({ carrier, closed: true })) });
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
  ])("refuses the words where %s: no carrier would do better", async (_, claimed) => {
    const { catalog, ...compiled } = catalogWith(["main"]);
    const routes = [{ channel: claimed.channel ?? CLAIMED.channel, carriers: ["main"] }];
    const { told, calls } = await deliver(claimed, { catalogVersion: async () => ({ ...compiled, catalog: { ...catalog, routes } }) });
    expect(told).toMatchObject({ kind: "answer", n: 1, answer: { kind: "refused", because: "content", code: "unrenderable" } });
    expect(calls).toEqual([]);
  });

  it("refuses words that are longer than the carrier takes", async () => {
    const { told, calls } = await deliver({ data: DATA.replace("D1", "D".repeat(1600)) });
    expect(told).toMatchObject({ answer: { kind: "refused", because: "content", code: "too_long" } });
    expect(calls).toEqual([]);
  });

  it.each<[string, Partial<DeliverDeps>]>([
    ["the catalog cannot be read", { catalogVersion: failing }],
    ["what is sealed cannot be opened", { sealer: { ...plainSealer, open: failing } }],
    ["the event cannot be read", { sealer: { ...plainSealer, open: async () => "{}" } }],
  ])("takes it for a fault of ours, to be tried again, where %s", async (_, over) => {
    const { told, calls } = await deliver({}, over);
    expect(told).toMatchObject({ kind: "answer", carrier: "", answer: { kind: "unreachable", code: "internal" } });
    expect(told?.open).toBeGreaterThan(0);
    expect(calls).toEqual([]);
  });

  it("calls only where the call ends within the lease, to the millisecond", async () => {
    expect((await deliver({}, {}, TAKEN, 10_000)).calls).toHaveLength(1);
    const late = await deliver({}, {}, TAKEN, 9_999);
    expect(late.calls).toEqual([]);
    expect(late.told).toMatchObject({ carrier: "", untried: 1, open: 2, answer: { kind: "unreachable", code: "late" } });
  });

  it("takes a call that breaks for one whose answer is lost, and tells nothing that it does not know", async () => {
    const main = carrierAnswering(() => TAKEN, []);
    const told: unknown[] = [];
    const broken = deliver(
      {},
      {
        carrier: () => ({ ...main, send: failing }),
        tell: async (...words) => [told.push(words)].map(() => ({ id: CLAIMED.id, matched: true })),
      },
    );
    await expect(broken).rejects.toThrow("it is broken");
    expect(told).toEqual([]);
  });

  it("lets nobody take a failed tell for a success", async () => {
    await expect(deliver({}, { tell: failing })).rejects.toThrow("it is broken");
  });
});
