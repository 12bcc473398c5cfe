import { beforeAll, describe, expect, it } from "vitest";
import { type TellReceiptsDeps, tellReceipts } from "../../src/accept/tell-receipts.ts";
import type { ToldReceipt, ToldResult } from "../../src/deliver/recipient-port.ts";
import { type NamingKey, namingKeyOf } from "../../src/support/hashing.ts";
import { addressHashOf } from "../../src/support/names.ts";
import type { CarrierReceipt } from "../../src/vocabulary/carrier.ts";

const [ANN, BEN] = ["a".repeat(22), "b".repeat(22)];
const MESSAGE = ANN + "m".repeat(22);
const NUMBER = "+8613800138000";
const DELIVERED: CarrierReceipt = { status: "delivered", reference: "R1" };

let naming: NamingKey;
beforeAll(async () => {
  naming = await namingKeyOf(new Uint8Array(32));
});

/** Deps whose Recipients answer as a test has them, with what they were told, the questions for owners and what gates heard. */
function telling(
  owners: Readonly<Record<string, readonly string[]>> = {},
  matches: (key: string, told: ToldReceipt) => Partial<ToldResult> = () => ({ matched: true }),
) {
  const told: { readonly key: string; readonly receipts: readonly ToldReceipt[] }[] = [];
  const asked: (readonly string[])[] = [];
  const heard: object[] = [];
  const deps: TellReceiptsDeps = {
    now: () => 7,
    naming,
    async ownersOf(_tenant, _channels, hashes) {
      asked.push(hashes);
      const known = Object.entries(owners).map(async ([number, keys]) => {
        const hash = await addressHashOf(naming, "shop", "sms", number);
        return hashes.includes(hash) ? keys.map((recipient) => ({ hash, recipient })) : [];
      });
      return (await Promise.all(known)).flat();
    },
    async tell(_tenant, key, receipts) {
      told.push({ key, receipts });
      return receipts.map((receipt) => ({ id: receipt.id ?? MESSAGE, matched: false, ...matches(key, receipt) }));
    },
    gates: {
      async hear(tenant, carrier, receipt) {
        heard.push({ tenant, carrier, ...receipt });
      },
    },
  };
  return { deps, told, asked, heard };
}

const report = (receipts: readonly CarrierReceipt[], over: { message?: string; attempt?: number } = {}) => ({
  tenant: "shop",
  carrier: "main",
  message: null,
  attempt: 0,
  receipts,
  ...over,
});

describe("A callback's receipts", () => {
  it("go to the Recipient of the message that they, or the callback's address, name, with its attempt", async () => {
    const { deps, told, asked } = telling();
    expect(await tellReceipts(report([{ ...DELIVERED, message: MESSAGE, to: NUMBER }]), deps)).toBe(0);
    expect(await tellReceipts(report([DELIVERED], { message: MESSAGE, attempt: 2 }), deps)).toBe(0);
    const common = { kind: "receipt", id: MESSAGE, carrier: "main", arrived_at: 7, ...DELIVERED };
    expect(told).toEqual([
      { key: ANN, receipts: [{ ...common, message: MESSAGE }] },
      { key: ANN, receipts: [{ ...common, attempt: 2 }] },
    ]);
    expect(asked).toEqual([]);
  });

  it("that name a number alone go to who has it, by hashes and never the number, all of them by one question", async () => {
    const other = "+8613800138001";
    const { deps, told, asked } = telling({ [NUMBER]: [ANN], [other]: [BEN] });
    const receipts = [NUMBER, other, NUMBER].map((to, at) => ({ ...DELIVERED, reference: `R${at}`, to }));
    expect(await tellReceipts(report(receipts), deps)).toBe(0);
    expect([asked.length, asked[0]?.length]).toEqual([1, 6]);
    expect(told.map(({ key, receipts: own }) => [key, own.map(({ reference }) => reference)])).toEqual([
      [ANN, ["R0", "R2"]],
      [BEN, ["R1"]],
    ]);
    const hashes = [await addressHashOf(naming, "shop", "sms", NUMBER), await addressHashOf(naming, "shop", "rcs", NUMBER)];
    expect(told[0]?.receipts[0]).toEqual({
      kind: "receipt",
      carrier: "main",
      arrived_at: 7,
      ...DELIVERED,
      reference: "R0",
      addresses: hashes,
    });
    expect(JSON.stringify(told)).not.toContain("13800138");
  });

  it("whose number several people have are told to all of them, to be nobody's by guess, and count once", async () => {
    const { deps, told } = telling({ [NUMBER]: [ANN, BEN] }, (key) => ({ matched: key === BEN }));
    expect(await tellReceipts(report([{ ...DELIVERED, to: NUMBER }]), deps)).toBe(0);
    expect(told.map(({ key, receipts }) => [key, receipts[0]?.shared])).toEqual([
      [ANN, true],
      [BEN, true],
    ]);
  });

  it("that nobody has, or that name something else than a message of ours, are counted as unmatched", async () => {
    const { deps, told } = telling({}, () => ({ matched: false }));
    const strange = [{ ...DELIVERED, to: NUMBER }, { ...DELIVERED, message: "order-17", to: NUMBER }, DELIVERED];
    expect(await tellReceipts(report(strange), deps)).toBe(3);
    expect(told).toEqual([]);
    expect(await tellReceipts(report([{ ...DELIVERED, message: MESSAGE }, ...strange]), deps)).toBe(4);
    expect(await tellReceipts(report([{ ...DELIVERED, to: NUMBER }], { message: "x" }), deps)).toBe(1);
  });

  it("of watched attempts are told to their carrier's gate, and a gate that fails fails no callback", async () => {
    const watched = { carrier: "main", at: 7, delivered: true };
    const { deps, heard } = telling({}, () => ({ matched: true, watched }));
    const named = report([{ ...DELIVERED, message: MESSAGE }]);
    expect(await tellReceipts(named, deps)).toBe(0);
    expect(heard).toEqual([{ tenant: "shop", id: MESSAGE, ...watched }]);
    const away = { ...deps, gates: { hear: () => Promise.reject(new Error("away")) } };
    expect(await tellReceipts(named, away)).toBe(0);
  });

  it("that a Recipient cannot be told fail the callback, so that the carrier comes again", async () => {
    const { deps } = telling();
    const away = { ...deps, tell: () => Promise.reject(new Error("away")) };
    await expect(tellReceipts(report([{ ...DELIVERED, message: MESSAGE }]), away)).rejects.toThrow("away");
  });
});
