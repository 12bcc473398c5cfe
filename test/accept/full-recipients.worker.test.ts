import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { bytesOf } from "../../src/support/base64.ts";
import { namingKeyOf } from "../../src/support/hashing.ts";
import { recipientKeyOf } from "../../src/support/names.ts";
import { ask, type OpenTenant, openTenant } from "./open-tenant.ts";
import { stubCarrier } from "./stub-carrier.ts";

let shop: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
});

const at = "2026-01-02T00:00:00.000Z";
const keyOf = async (id: string) => recipientKeyOf(await namingKeyOf(bytesOf(Buffer.alloc(32, 1).toString("base64"))), "shop", id);

/** Somebody who has been given as many scopes as there is room for. */
async function fill(id: string): Promise<void> {
  await shop.put(`/v1/recipients/${id}`, { addresses: { sms: "13800138000" } });
  const many = Array.from({ length: 1_000 }, (_, n) => ({ scope: `free${n}`, channel: "sms" as const, state: "in" as const, at: n }));
  await env.RECIPIENT.getByName(`shop/${await keyOf(id)}`).prefer("k1.x.y", many);
}

const proof = { source: "checkout" };
const fresh = { scope: "sale.offer", channel: "sms", state: "in", at };
const no = { scope: "marketing", channel: "*", state: "out", at };
const known = { scope: "free7", channel: "sms", state: "out", at };
const word = { pointer: "/preferences/0", detail: expect.stringContaining("no room") };
const lines = async (path: string, ...told: object[]): Promise<unknown[]> => {
  const { text } = await ask("POST", path, shop.admin, told.map((line) => JSON.stringify(line)).join("\n"), {
    "content-type": "application/x-ndjson",
  });
  return text
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
};
const wants = async (id: string): Promise<string> => (await shop.get(`/v1/recipients/${id}/preferences`)).text;
const decide = async (id: string): Promise<string | undefined> => {
  const event = { id: crypto.randomUUID(), source: "/shop", type: "sale.offer", subject: id, data: { name: "x" } };
  return (await shop.post(event)).text.match(/"reason":"(\w+)"/)?.[1];
};

describe("A recipient with as many preferences as one may have", () => {
  it("takes no scope more by PUT, and says which; a no to a class and a word to a scope that there is find room", async () => {
    await fill("a1");
    const answer = await shop.put("/v1/recipients/a1/preferences", { preferences: [{ ...fresh, proof }, no, known] });
    expect(answer).toMatchObject({ status: 409, body: { type: "urn:carillon:problem:full", errors: [word] } });
    const held = await wants("a1");
    expect(held).toContain(JSON.stringify(no));
    expect(held).toContain(JSON.stringify(known));
    expect(held).not.toContain("sale.offer");
  });

  it("is not told by an `in` that was refused, though D1 has its proof", async () => {
    await fill("a2");
    expect(await shop.put("/v1/recipients/a2/preferences", { preferences: [{ ...fresh, proof }] })).toMatchObject({ status: 409 });
    const proofs = env.DB.prepare("SELECT revision FROM preferences WHERE recipient = ? AND scope = 'sale.offer'");
    expect((await proofs.bind(await keyOf("a2")).all()).results).toEqual([{ revision: 0 }]);
    expect(await wants("a2")).not.toContain("sale.offer");
  });

  it("is given its profile all the same by PUT, and takes changes that bring no scope", async () => {
    await fill("a3");
    const profile = { addresses: { sms: "13800138001" }, locale: "en" };
    const answer = await shop.put("/v1/recipients/a3", { ...profile, preferences: [{ ...fresh, proof }, no] });
    expect(answer).toMatchObject({ status: 409, body: { errors: [word] } });
    expect(await shop.get("/v1/recipients/a3")).toMatchObject({ status: 200, body: { revision: 2, locale: "en" } });
    expect(await wants("a3")).toContain(JSON.stringify(no));
    expect(await shop.put("/v1/recipients/a3", profile)).toMatchObject({ status: 200, body: { revision: 2 } });
    expect(await ask("PATCH", "/v1/recipients/a3", shop.admin, { add_tags: ["vip"] })).toMatchObject({ status: 200 });
  });

  it("has a line of its own in the reports of imports, and spoils no other", async () => {
    await fill("a4");
    const { scope, channel, state } = fresh;
    const entry = { scope, channel, state, at, source: "crm" };
    const preferences = await lines(
      "/v1/preferences/import",
      { recipient: "a4", ...entry },
      { recipient: "a4", ...no },
      { recipient: "a5", ...entry },
    );
    expect(preferences).toMatchObject([
      { line: 1, id: "a4", errors: [{ pointer: "", detail: expect.stringContaining("no room") }] },
      { through: 3 },
      { done: true, lines: 3, imported: 2, failed: 1 },
    ]);
    const recipients = await lines(
      "/v1/recipients/import",
      { id: "a4", locale: "en", preferences: [{ ...fresh, scope: "order.paid", proof }] },
      { id: "a6", preferences: [{ ...fresh, proof }] },
    );
    expect(recipients).toMatchObject([
      { line: 1, id: "a4", errors: [word] },
      { through: 2 },
      { done: true, lines: 2, imported: 1, failed: 1 },
    ]);
    expect(await wants("a4")).toContain(JSON.stringify(no));
    expect(await wants("a4")).not.toMatch(/sale\.offer|order\.paid/);
  });

  it("is told of events all the same, but for one that brings a scope", async () => {
    await fill("a7");
    expect(await decide("a7")).toBe("no_consent");
    const event = { id: "whole1", source: "/shop", type: "order.paid", data: { name: "x" } };
    const brings = { ...event, recipients: [{ id: "a7", preferences: [{ ...fresh, scope: "parcel.late", proof }] }] };
    expect(await shop.post(brings)).toMatchObject({ status: 503 });
    expect(await shop.post({ ...event, id: "id1", subject: "a7" })).toMatchObject({ status: 202 });
    expect(await wants("a7")).not.toContain("parcel.late");
  });
});
