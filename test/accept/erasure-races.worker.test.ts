import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { routerOf } from "../../src/routes.ts";
import { bytesOf } from "../../src/support/base64.ts";
import { namingKeyOf } from "../../src/support/hashing.ts";
import { recipientKeyOf } from "../../src/support/names.ts";
import { type Wiring, wire } from "../../src/wiring.ts";
import { ask, type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { stubCarrier } from "./stub-carrier.ts";

type Accept = Wiring["accept"];

let shop: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
});

const keyOf = async (id: string) => recipientKeyOf(await namingKeyOf(bytesOf(Buffer.alloc(32, 1).toString("base64"))), "shop", id);
const erase = async (id: string) => (await ask("DELETE", `/v1/recipients/${id}`, shop.admin)).status;
const proofs = async (id: string) =>
  (
    await env.DB.prepare("SELECT scope, state, ip IS NOT NULL AS ip FROM preferences WHERE recipient = ? ORDER BY scope")
      .bind(await keyOf(id))
      .all()
  ).results;
const addresses = async (id: string) =>
  (
    await env.DB.prepare("SELECT 1 FROM addresses WHERE recipient = ?")
      .bind(await keyOf(id))
      .all()
  ).results.length;

const proof = { source: "web", ip: "203.0.113.9" };
const entry = { channel: "sms", at: "2026-01-02T00:00:00Z", proof } as const;
const preferences = [
  { ...entry, scope: "marketing", state: "in" },
  { ...entry, scope: "verification", state: "out" },
];
const whole = { addresses: { sms: "13800138000" }, preferences };
const KEPT = [
  { scope: "marketing", state: "in", ip: 1 },
  { scope: "verification", state: "out", ip: 1 },
];
const BARE = [{ scope: "verification", state: "out", ip: 0 }];

/** Asks with some of the wiring in other hands. */
async function through(over: (accept: Accept) => Partial<Accept>, method: string, path: string, body?: unknown): Promise<number> {
  const wiring = await wire(env);
  const router = routerOf({ ...wiring, accept: { ...wiring.accept, ...over(wiring.accept) } });
  const headers = { authorization: `Bearer ${shop.admin}`, "content-type": "application/json" };
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  return (await router.fetch(new Request(`${ORIGIN}${path}`, init))).status;
}

describe.each([
  ["a profile", "", whole],
  ["preferences alone", "/preferences", { preferences }],
])("an erasure while %s is put", (_, path, body) => {
  const put = (over: (accept: Accept) => Partial<Accept>, id: string) => through(over, "PUT", `/v1/recipients/${id}${path}`, body);
  const named = (id: string) => `${id}${path.length}`;

  it("after the Recipient took it: no yes comes back, and of the no only the no", async () => {
    const id = named("r1");
    const late = ({ copyRecipients }: Accept): Partial<Accept> => ({
      copyRecipients: async (rows, entries) => {
        expect(await erase(id)).toBe(204);
        await copyRecipients(rows, entries);
      },
    });
    expect(await put(late, id)).toBe(200);
    expect([await proofs(id), await addresses(id)]).toEqual([BARE, 0]);
  });

  it("after the Recipient took it, and somebody came anew since: what came before stays away", async () => {
    const id = named("r2");
    const late = ({ copyRecipients }: Accept): Partial<Accept> => ({
      copyRecipients: async (rows, entries) => {
        await erase(id);
        await shop.put(`/v1/recipients/${id}`, { addresses: { sms: "13800138007" } });
        await copyRecipients(rows, entries);
      },
    });
    await put(late, id);
    expect([await proofs(id), await addresses(id)]).toEqual([BARE, 1]);
  });

  it("between the proof and the Recipient: what counts is proven", async () => {
    const id = named("r3");
    await shop.put(`/v1/recipients/${id}`, { addresses: { sms: "13800138007" } });
    const early = ({ keepProofs }: Accept): Partial<Accept> => ({
      keepProofs: async (rows) => {
        await keepProofs(rows);
        expect(await erase(id)).toBe(204);
      },
    });
    expect(await put(early, id)).toBe(200);
    expect([await proofs(id), await addresses(id)]).toEqual([KEPT, path === "" ? 1 : 0]);
  });

  it.each([false, true])("between the two halves of the erasure: what came is not erased, its proof and address neither", async (slow) => {
    const id = named(`r4${slow}`);
    await shop.put(`/v1/recipients/${id}`, { addresses: { sms: ["13800138000", "13800138007"] } });
    const halves = ({ eraseCopies }: Accept): Partial<Accept> => ({
      async eraseCopies(...person) {
        const copy = ({ copyRecipients }: Accept): Partial<Accept> => ({
          copyRecipients: async (rows, entries) => {
            if (slow) await eraseCopies(...person);
            await copyRecipients(rows, entries);
          },
        });
        expect(await put(copy, id)).toBe(200);
        await eraseCopies(...person);
      },
    });
    expect(await through(halves, "DELETE", `/v1/recipients/${id}`)).toBe(204);
    expect([await proofs(id), await addresses(id)]).toEqual([KEPT, path === "" ? 1 : 0]);
  });

  it("and D1 fails: the Recipient remembers the bare no only, and copies that", async () => {
    const id = named("r5");
    const away = async () => {
      await erase(id);
      throw new Error("D1 is away");
    };
    expect(await put(() => ({ copyRecipients: away }), id)).toBe(200);
    const stub = env.RECIPIENT.getByName(`shop/${await keyOf(id)}`);
    const text = await runInDurableObject(stub, (_object, { storage }) =>
      String(storage.sql.exec("SELECT body FROM document").toArray()[0]?.body),
    );
    expect(JSON.parse(text).uncopied).toMatchObject({ preferences: [{ scope: "verification", state: "out" }] });
    expect(text).not.toMatch(/"in"|"ip"/);
  });
});

describe("who is known to D1 alone", () => {
  it("is erased: a member of a topic, and who gave a proof that their Recipient never heard of", async () => {
    await ask("PUT", "/v1/topics/news/members/t1", shop.admin);
    const away = { prefer: () => Promise.reject(new Error("away")) };
    expect(await through(() => away, "PUT", "/v1/recipients/t2/preferences", { preferences })).toBe(503);
    expect(await proofs("t2")).toHaveLength(1);
    expect([await erase("t1"), await erase("t2"), await erase("t3")]).toEqual([204, 204, 404]);
    expect(await proofs("t2")).toEqual([]);
    expect((await ask("GET", "/v1/topics/news/members", shop.admin)).text).not.toContain("t1");
  });
});
