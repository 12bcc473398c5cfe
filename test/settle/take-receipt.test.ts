import { describe, expect, it } from "vitest";
import { type ArrivedReceipt, takeReceipt, tidied } from "../../src/settle/take-receipt.ts";
import { attemptOf } from "./messages.ts";

const arrived = (over: Partial<ArrivedReceipt> = {}): ArrivedReceipt => ({
  status: "delivered",
  reference: "SM1",
  carrier: "main",
  arrived_at: 5,
  ...over,
});

describe("A receipt", () => {
  it("belongs to the attempt that its callback names", () => {
    const attempts = [attemptOf({ n: 1 }), attemptOf({ n: 2 })];
    expect(takeReceipt(attempts, arrived({ attempt: 1 }))?.map(({ receipts }) => receipts.length)).toEqual([1, 0]);
    expect(takeReceipt(attempts, arrived({ attempt: 3 }))).toBeUndefined();
  });

  it("belongs to the attempt with its reference, where the callback names none", () => {
    const attempts = [attemptOf({ n: 1, reference: "SM1" }), attemptOf({ n: 2, reference: "SM2" })];
    expect(takeReceipt(attempts, arrived())?.map(({ receipts }) => receipts.length)).toEqual([1, 0]);
    expect(takeReceipt(attempts, arrived({ reference: "SM3" }))).toBeUndefined();
  });

  it("belongs to none of another carrier, nor to one whose reference is another", () => {
    expect(takeReceipt([attemptOf({ carrier: "other" })], arrived({ attempt: 1 }))).toBeUndefined();
    expect(takeReceipt([attemptOf({ carrier: "main", reference: "SM2" })], arrived({ attempt: 1 }))).toBeUndefined();
    expect(takeReceipt([], arrived())).toBeUndefined();
  });

  it("names the carrier and the reference where the answer has not come yet", () => {
    expect(takeReceipt([attemptOf()], arrived())).toMatchObject([
      { carrier: "main", reference: "SM1", receipts: [{ status: "delivered", at: 5 }] },
    ]);
  });

  it("without a reference, as who asks a carrier may get, leaves the attempt's own alone and open for the receipts that follow", () => {
    const { reference: _, ...found } = arrived({ attempt: 1, status: "sent" });
    const [asked] = takeReceipt([attemptOf({ n: 1 })], found) ?? [];
    expect(asked).not.toHaveProperty("reference");
    expect(takeReceipt(asked ? [asked] : [], arrived())).toMatchObject([{ reference: "SM1", receipts: [{ status: "delivered" }] }]);
    expect(takeReceipt([attemptOf({ n: 1, reference: "SM2" })], found)).toMatchObject([
      { reference: "SM2", receipts: [{ status: "sent" }] },
    ]);
  });

  it("stands at the carrier's time where it says one", () => {
    expect(takeReceipt([attemptOf()], arrived({ at: 3 }))).toMatchObject([{ receipts: [{ at: 3 }] }]);
  });

  it("is kept once, at its earliest time", () => {
    const kept = tidied(attemptOf({ receipts: [9, 4, 6].map((at) => ({ status: "delivered" as const, at })) }));
    expect(kept.receipts).toEqual([{ status: "delivered", at: 4 }]);
  });

  it("that says `sent` is dropped beside what says as much, and kept where nothing else does", () => {
    const sent = { status: "sent" as const, at: 1 };
    expect(tidied(attemptOf({ receipts: [sent] })).receipts).toEqual([sent]);
    expect(tidied(attemptOf({ receipts: [sent], answer: { kind: "taken" } })).receipts).toEqual([]);
    expect(tidied(attemptOf({ receipts: [sent], answer: { kind: "unclear" } })).receipts).toEqual([sent]);
    expect(tidied(attemptOf({ receipts: [sent, { status: "delivered", at: 2 }] })).receipts).toEqual([{ status: "delivered", at: 2 }]);
  });
});
