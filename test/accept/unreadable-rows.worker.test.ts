import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { routerOf } from "../../src/routes.ts";
import { bytesOf } from "../../src/support/base64.ts";
import { namingKeyOf } from "../../src/support/hashing.ts";
import { recipientKeyOf } from "../../src/support/names.ts";
import { type Wiring, wire } from "../../src/wiring.ts";
import { type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { stubCarrier } from "./stub-carrier.ts";

const at = "2026-01-02T00:00:00.000Z";
const proof = { source: "checkout", ip: "203.0.113.7" };
const keyOf = async (id: string) => recipientKeyOf(await namingKeyOf(bytesOf(Buffer.alloc(32, 1).toString("base64"))), "shop", id);
const problem = { type: "urn:carillon:problem:unreadable", status: 409, detail: expect.stringContaining("SEALING_KEYS") };

let shop: OpenTenant;
let strange: string;
let broken: string;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
  for (const [n, id] of ["fine1", "strange", "broken", "fine2"].entries()) {
    const preferences = [{ scope: "marketing", channel: "sms", state: "in", at, proof }];
    await shop.put(`/v1/recipients/${id}`, { addresses: { sms: `1380013800${n}` }, tags: ["new"], preferences });
    await shop.put(`/v1/topics/all/members/${id}`, undefined);
    await shop.put("/v1/blocks", { channel: "sms", address: `1380013810${n}` });
  }
  [strange, broken] = [await keyOf("strange"), await keyOf("broken")];
  const reseal = (table: string, column: string, where: string) =>
    `UPDATE ${table} SET ${column} = replace(${column}, 'k1.', 'k9.') WHERE tenant = 'shop' AND ${where}`;
  await env.DB.batch(
    [
      reseal("recipients", "profile", `key = '${strange}'`),
      `UPDATE recipients SET profile = 'no json' WHERE key = '${broken}'`,
      reseal("preferences", "ip", `recipient = '${strange}'`),
      reseal("topic_members", "id", `recipient = '${strange}'`),
      reseal("address_blocks", "address", "hash = (SELECT min(hash) FROM address_blocks)"),
    ].map((sql) => env.DB.prepare(sql)),
  );
});

const lines = (text: string): unknown[] =>
  text
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

describe("A row that cannot be opened", () => {
  it("stands in the list of recipients by its key, with what is wrong, and spoils no other", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { status, body, text } = await shop.get("/v1/recipients");
    const told = logged.mock.calls.filter(([line]) => String(line).includes("row.unreadable"));
    logged.mockRestore();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      recipients: expect.arrayContaining([
        expect.objectContaining({ id: "fine1" }),
        expect.objectContaining({ id: "fine2" }),
        { key: strange, problem: expect.objectContaining(problem) },
        { key: broken, problem: expect.objectContaining(problem) },
      ]),
    });
    expect(text).not.toMatch(/k9\.|no json/);
    expect(told).toHaveLength(1);
    expect(String(told[0]?.[0])).not.toMatch(/strange|broken|138001|k9\./);
  });

  it("is found by its address, and looked through for a tag", async () => {
    const found = await shop.get("/v1/recipients?address=13800138001");
    expect(found).toMatchObject({ status: 200, body: { recipients: [{ key: strange, problem }] } });
    expect((await shop.get("/v1/recipients?address=13800138002")).body).toMatchObject({ recipients: [{ key: broken }] });
    const tagged = await shop.get("/v1/recipients?tag=new");
    expect([tagged.status, tagged.text.split('"problem"').length - 1, tagged.text.split('"revision"').length - 1]).toEqual([200, 1, 2]);
  });

  it("is a line of exports, which go on behind it", async () => {
    const recipients = lines((await shop.get("/v1/recipients/export")).text);
    expect(recipients).toHaveLength(4);
    expect(recipients).toContainEqual({ key: strange, problem: expect.objectContaining(problem) });
    const preferences = lines((await shop.get("/v1/preferences/export")).text);
    expect(preferences).toHaveLength(4);
    for (const key of [strange, broken])
      expect(preferences).toContainEqual(expect.objectContaining({ recipient_key: key, problem: expect.anything() }));
    expect(preferences).toContainEqual(expect.objectContaining({ recipient: "fine2" }));
  });

  it("is shown without what is sealed among proofs, blocks and members of topics", async () => {
    expect((await shop.get("/v1/recipients/strange/preferences?history=true")).body).toMatchObject({
      history: [{ scope: "marketing", proof: { source: "checkout" }, problem }],
    });
    const { body, text } = await shop.get("/v1/blocks");
    expect(text.match(/138\*\*\*\*\d{4}/g)).toHaveLength(3);
    expect(body).toMatchObject({
      blocks: expect.arrayContaining([expect.objectContaining({ address: null, problem: expect.anything() })]),
    });
    expect(await shop.get("/v1/topics/all/members")).toMatchObject({
      status: 200,
      body: { members: expect.arrayContaining(["fine1", "broken", "fine2"]), unreadable: [{ key: strange, problem }] },
    });
  });

  it("of a message hides its event and whose it is, and nothing else", async () => {
    for (const id of ["e1", "e2"]) await shop.post({ id, source: "/shop", type: "order.paid", subject: "fine1", data: { name: "x" } });
    const { accept, ...rest } = await wire(env);
    const timeline: Wiring["accept"]["timeline"] = async (...asked) => {
      const page = await accept.timeline(...asked);
      return { ...page, found: page.found.map((one, n) => (n === 0 ? { ...one, message: { ...one.message, sealed: "k9.a.b" } } : one)) };
    };
    const router = routerOf({ ...rest, accept: { ...accept, timeline } });
    const headers = { authorization: `Bearer ${shop.admin}` };
    const answer = await router.fetch(new Request(`${ORIGIN}/v1/messages?recipient=fine1`, { headers }));
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      {
        messages: [
          { notice: "order.paid", decision: "send", problem },
          { recipient: "fine1", event: { id: "e1" } },
        ],
      },
    ]);
  });
});
