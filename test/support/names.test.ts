import { describe, expect, it } from "vitest";
import { equalSecrets, namingKeyOf } from "../../src/support/hashing.ts";
import { plainHash } from "../../src/support/keyed-hash.ts";
import { addressHashOf, bodyHashOf, callbackTokenOf, keyHashOf, recipientKeyOf, recipientKeyOfMessage } from "../../src/support/names.ts";
import { messageId, recipientKey } from "../../src/vocabulary/identifiers.ts";

const naming = await namingKeyOf(new Uint8Array(32).fill(1));
const another = await namingKeyOf(new Uint8Array(32).fill(2));

describe("names", () => {
  it("stay the same for ever: what was named must be found again", async () => {
    const key = await recipientKeyOf(naming, "shop", "u1");
    expect(recipientKey.safeParse(key).success).toBe(true);
    expect([key, plainHash("event", "/shop", "e1"), key + plainHash("message", "/shop", "e1", "order.paid", "")]).toMatchInlineSnapshot(`
      [
        "CL-AA0nHmxeFkGSzehXmxA",
        "FAJvWrYqMfF3tUhWhmlUVA",
        "CL-AA0nHmxeFkGSzehXmxA-w20wVwPfVX_DHJhwC3IaI",
      ]
    `);
  });

  it("differ by key, tenant, kind and every part, also where parts joined would be equal", async () => {
    const names = await Promise.all([
      recipientKeyOf(naming, "shop", "u1"),
      recipientKeyOf(another, "shop", "u1"),
      recipientKeyOf(naming, "other", "u1"),
      recipientKeyOf(naming, "shopu", "1"),
      recipientKeyOf(naming, "shop", 'u1","x'),
      bodyHashOf(naming, "shop", "u1"),
      callbackTokenOf(naming, "shop", "u1"),
      addressHashOf(naming, "shop", "sms", "u1"),
      addressHashOf(naming, "shop", "rcs", "u1"),
      keyHashOf(naming, "u1"),
      plainHash("event", "a", "bc"),
      plainHash("event", "ab", "c"),
    ]);
    expect(new Set(names).size).toBe(names.length);
  });

  it("let who holds a message's id find its recipient", async () => {
    const key = await recipientKeyOf(naming, "shop", "u1");
    const id = key + plainHash("message", "/shop", "e1", "order.paid", "");
    expect(messageId.safeParse(id).success).toBe(true);
    expect(recipientKeyOfMessage(id)).toBe(key);
    expect(key + plainHash("message", "/shop", "e1", "order.paid", "full")).not.toBe(id);
  });
});

describe("equalSecrets", () => {
  it("tells equal texts from others, of whatever length", async () => {
    expect(await equalSecrets("secret", "secret")).toBe(true);
    for (const other of ["", "secre", "secrets", "Secret", "sécret"]) expect(await equalSecrets("secret", other)).toBe(false);
  });
});
