import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contextOf, sealerOf, sealingKeysOf } from "../../src/support/sealing.ts";

const key = (id: string, byte: number) => [id, new Uint8Array(32).fill(byte)] as const;
const sealer = async (...entries: (readonly [string, Uint8Array<ArrayBuffer>])[]) => sealerOf(await sealingKeysOf(entries));
const CONTEXT = contextOf("shop", "address");

describe("sealerOf", () => {
  it("opens what it sealed, whatever the text", async () => {
    const { seal, open } = await sealer(key("k1", 1));
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (text) => {
        expect(await open(await seal(text, CONTEXT), CONTEXT)).toBe(text.toWellFormed());
      }),
    );
  });

  it("shows nothing of the text, and never seals alike twice", async () => {
    const { seal } = await sealer(key("k1", 1));
    const sealed = await Promise.all(Array.from({ length: 20 }, () => seal("+8613800138000", CONTEXT)));
    expect(new Set(sealed).size).toBe(20);
    for (const one of sealed) expect(one).toMatch(/^k1\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+$/);
    expect(sealed.join()).not.toContain("138");
  });

  it("opens nothing in another tenant's name or as another kind", async () => {
    const { seal, open } = await sealer(key("k1", 1));
    const sealed = await seal("text", CONTEXT);
    for (const context of [contextOf("other", "address"), contextOf("shop", "event"), contextOf("shop", "recipient"), ""])
      await expect(open(sealed, context)).rejects.toThrow();
  });

  it("opens nothing that was changed, cut or is not sealed at all", async () => {
    const { seal, open } = await sealer(key("k1", 1));
    const sealed = await seal("text", CONTEXT);
    const [id, iv, body = ""] = sealed.split(".");
    const flipped = (body.startsWith("A") ? "B" : "A") + body.slice(1);
    for (const bad of [
      "",
      "text",
      `${id}.${iv}`,
      `${id}.${iv}.${flipped}`,
      `${id}.${iv}.${body.slice(0, -4)}`,
      `${id}.AAAAAAAAAAAAAAAA.${body}`,
      `${sealed}.x`,
    ])
      await expect(open(bad, CONTEXT)).rejects.toThrow();
  });

  it("opens with an old key after rotation and seals with the new one", async () => {
    const before = await sealer(key("k1", 1));
    const after = await sealer(key("k2", 2), key("k1", 1));
    expect(await after.open(await before.seal("text", CONTEXT), CONTEXT)).toBe("text");
    const fresh = await after.seal("text", CONTEXT);
    expect(fresh).toMatch(/^k2\./);
    await expect(before.open(fresh, CONTEXT)).rejects.toThrow("k2 is not configured");
  });

  it("opens nothing with another key of the same id", async () => {
    const sealed = await (await sealer(key("k1", 1))).seal("text", CONTEXT);
    await expect((await sealer(key("k1", 9))).open(sealed, CONTEXT)).rejects.toThrow();
  });

  it("needs a key", async () => {
    await expect(sealingKeysOf([])).rejects.toThrow("no sealing key");
  });
});
