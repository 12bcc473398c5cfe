import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resealerOf } from "../../src/support/reseal-texts.ts";
import { contextOf, SEALED_KINDS, sealerOf, sealingKeysOf } from "../../src/support/sealing.ts";

const K1 = ["k1", new Uint8Array(32).fill(1)] as const;
const K2 = ["k2", new Uint8Array(32).fill(2)] as const;
const K3 = ["k3", new Uint8Array(32).fill(3)] as const;
const sealerWith = async (...keys: readonly (readonly [string, Uint8Array<ArrayBuffer>])[]) => sealerOf(await sealingKeysOf(keys));

const text = fc.string({ unit: "binary", maxLength: 200 });

describe("Texts that are sealed anew", () => {
  it("open under the current key alone, whatever they say and wherever they stand", async () => {
    const [old, current] = [await sealerWith(K1), await sealerWith(K2)];
    const reseal = resealerOf([K2, K1]);
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom(...SEALED_KINDS), text, async (said, kind, around) => {
        const context = contextOf("shop", kind);
        const sealed = await old.seal(said, context);
        const row = JSON.stringify({ v: 1, around, at: [{ sealed }], other: sealed });
        const resealed = reseal(row, "shop");
        expect(resealed).toMatchObject({ changed: 2, unreadable: 0 });
        const read: { around: string; at: { sealed: string }[]; other: string } = JSON.parse(resealed.text);
        expect(read.around).toBe(around);
        for (const one of [read.at[0]?.sealed ?? "", read.other]) expect(await current.open(one, context)).toBe(said);
        expect(reseal(resealed.text, "shop")).toEqual({ text: resealed.text, changed: 0, unreadable: 0 });
        expect(reseal(sealed, "shop")).toMatchObject({ changed: 1 });
      }),
    );
  });

  it("are opened by the other way of sealing, and the other way round", async () => {
    const context = contextOf("shop", "event");
    const both = await sealerWith(K2, K1);
    const resealed = resealerOf([K1, K2])(await both.seal("您好", context), "shop");
    expect(resealed.text).toMatch(/^k1\./);
    expect(await both.open(resealed.text, context)).toBe("您好");
  });

  it("leave alone what another tenant sealed, what was changed, and what a key that is gone sealed, and count it", async () => {
    const reseal = resealerOf([K2, K1]);
    const sealed = await (await sealerWith(K1)).seal("x", contextOf("shop", "address"));
    const gone = await (await sealerWith(K3)).seal("x", contextOf("shop", "address"));
    const flipped = sealed.slice(0, -3) + (sealed.endsWith("AAA") ? "BBB" : "AAA");
    for (const one of [flipped, gone]) expect(reseal(`["${one}"]`, "shop")).toEqual({ text: `["${one}"]`, changed: 0, unreadable: 1 });
    expect(reseal(sealed, "other")).toEqual({ text: sealed, changed: 0, unreadable: 1 });
  });

  it("leave every other text as it is", () => {
    const reseal = resealerOf([K2, K1]);
    for (const one of ["", "k1.x.y", "www.example.com", '{"host":"a.b.c","n":1.5}', `k1.${"a".repeat(17)}.${"b".repeat(30)}`])
      expect(reseal(one, "shop")).toEqual({ text: one, changed: 0, unreadable: 0 });
    fc.assert(fc.property(text, (any) => reseal(any, "shop").text === any));
  });
});
