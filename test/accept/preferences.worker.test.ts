import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { cursorOf } from "../../src/accept/cursor.ts";
import type { Recipient } from "../../src/admit/recipient.ts";
import { routerOf } from "../../src/routes.ts";
import { bytesOf } from "../../src/support/base64.ts";
import { namingKeyOf } from "../../src/support/hashing.ts";
import { recipientKeyOf } from "../../src/support/names.ts";
import { type Wiring, wire } from "../../src/wiring.ts";
import { type Answer, ask, type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { stubCarrier } from "./stub-carrier.ts";

let shop: OpenTenant;
let other: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
  other = await openTenant("other", smallCatalog("other"));
});

const keyOf = async (id: string) => recipientKeyOf(await namingKeyOf(bytesOf(Buffer.alloc(32, 1).toString("base64"))), "shop", id);
const rowsOf = async (id: string) => {
  const columns = "scope, channel, state, at, source, wording_version, ip, recorded_by";
  return (
    await env.DB.prepare(`SELECT ${columns} FROM preferences WHERE recipient = ? ORDER BY at`)
      .bind(await keyOf(id))
      .all()
  ).results;
};
const auditOf = async (action: string) =>
  (await env.DB.prepare("SELECT actor, target, detail FROM audit WHERE tenant = 'shop' AND action = ? ORDER BY seq").bind(action).all())
    .results;
const decide = async (id: string, type: string) => {
  const { text } = await shop.post({ id: crypto.randomUUID(), source: "/shop", type, subject: id, data: { name: "x" } });
  return text.match(/"reason":"(\w+)"/)?.[1] ?? text.match(/"decision":"(\w+)"/)?.[1];
};
const put = (id: string, ...preferences: object[]) => shop.put(`/v1/recipients/${id}/preferences`, { preferences });

/** The Worker with some of its wiring in other hands. */
async function putThrough(over: (accept: Wiring["accept"]) => Partial<Wiring["accept"]>, id: string, ...preferences: object[]) {
  const wiring = await wire(env);
  const router = routerOf({ ...wiring, accept: { ...wiring.accept, ...over(wiring.accept) } });
  const headers = { authorization: `Bearer ${shop.admin}`, "content-type": "application/json" };
  const body = JSON.stringify({ preferences });
  return router.fetch(new Request(`${ORIGIN}/v1/recipients/${id}/preferences`, { method: "PUT", headers, body }));
}

/** Fires a Recipient's alarm, as the platform would so many milliseconds from now. */
async function wakeAfter(id: string, ms: number): Promise<void> {
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(Date.now() + ms);
  await runInDurableObject(env.RECIPIENT.getByName(`shop/${await keyOf(id)}`), (instance: Recipient) => instance.alarm());
}
afterEach(() => void vi.useRealTimers());

const proof = { source: "checkout", wording_version: "2026-03", ip: "203.0.113.7" };
const joined = { scope: "marketing", channel: "sms", state: "in", at: "2026-01-02T00:00:00.000Z", proof };
const left = { scope: "all", channel: "*", state: "out", at: "2026-01-03T00:00:00.000Z" };
const away = () => Promise.reject(new Error("D1 is away"));

describe("PUT /v1/recipients/{id}/preferences", () => {
  it("appends entries with their proofs, which count at once, and writes down who said so", async () => {
    await shop.put("/v1/recipients/p1", { addresses: { sms: "13800138000" } });
    expect(await decide("p1", "sale.offer")).toBe("no_consent");
    const { proof: _, ...entry } = joined;
    expect(await put("p1", joined)).toMatchObject({ status: 200, body: { id: "p1", preferences: [entry], copied: true } });
    expect(await decide("p1", "sale.offer")).toBe("send");
    expect(await put("p1", left)).toMatchObject({ status: 200, body: { preferences: [entry, left], copied: true } });
    expect(await decide("p1", "sale.offer")).toBe("opted_out");
    const [first, second] = await rowsOf("p1");
    expect(first).toEqual({ ...entry, ...proof, ip: expect.stringMatching(/^k1\./), recorded_by: `key:${shop.admin.split("_")[2]}` });
    expect(second).toMatchObject({ ...left, source: null, ip: null });
    expect((await auditOf("preferences.put")).slice(-2)).toMatchObject([
      { target: await keyOf("p1"), detail: '{"in":1,"out":0}' },
      { target: await keyOf("p1"), detail: '{"in":0,"out":1}' },
    ]);
  });

  it("takes them of somebody of whom nothing else is known, and gives each the time of the request where it has none", async () => {
    const before = Date.now();
    const { at: _at, ...timeless } = left;
    const answer = await put("p2", timeless);
    expect(answer.status).toBe(200);
    const [, at = ""] = answer.text.match(/"at":"([^"]*)"/) ?? [];
    expect(Date.parse(at)).toBeGreaterThanOrEqual(before);
    expect(await decide("p2", "parcel.late")).toBe("unreachable");
    expect(await shop.get("/v1/recipients/p2/preferences")).toMatchObject({ status: 200, body: { preferences: [{ ...timeless, at }] } });
  });

  it("points at everything that is wrong", async () => {
    const wrong = [
      { ...joined, scope: "", proof: { source: "" } },
      { ...joined, channel: "fax", at: "yesterday", proof: { source: "x".repeat(65), ip: "300.1.1.1" } },
      { ...joined, state: "maybe", proof: { wording_version: "1", phone: "x" } },
    ];
    const { status, text } = await put("p3", ...wrong);
    expect(status).toBe(422);
    expect(text.match(/(?<="pointer":")[^"]*/g)?.toSorted()).toEqual([
      "/preferences/0/proof/source",
      "/preferences/0/scope",
      "/preferences/1/at",
      "/preferences/1/channel",
      "/preferences/1/proof/ip",
      "/preferences/1/proof/source",
      "/preferences/2/proof/phone",
      "/preferences/2/proof/source",
      "/preferences/2/state",
    ]);
    expect(await put("p3")).toMatchObject({ status: 422, body: { errors: [{ pointer: "/preferences" }] } });
    expect(await shop.get("/v1/recipients/p3/preferences")).toMatchObject({ status: 404 });
  });

  it("takes scopes that the catalog in force does not know yet, and says which and what is closest", async () => {
    const warnings = [{ pointer: "/preferences/1/scope", detail: expect.stringMatching(/no notice .*sale\.offer$/) }];
    const entries = [joined, { ...joined, scope: "sale.ofer" }, { ...left, scope: "parcel.late" }];
    expect(await put("p8", ...entries)).toMatchObject({ status: 200, body: { copied: true, warnings } });
    expect((await put("p8", joined, left)).body).not.toHaveProperty("warnings");
    expect(await shop.put("/v1/recipients/p8", { preferences: entries })).toMatchObject({ status: 200, body: { warnings } });
    const failing = await putThrough(() => ({ activeCatalog: away }), "p8", { ...joined, scope: "sale.ofer" });
    expect(failing.status).toBe(200);
  });

  it("counts no `in` before D1 has its proof, and none whose proof could not be written", async () => {
    expect((await putThrough(() => ({ keepProofs: away }), "p4", joined)).status).toBe(503);
    expect(await shop.get("/v1/recipients/p4/preferences")).toMatchObject({ status: 404 });
    const seen: unknown[] = [];
    const over = ({ prefer }: Wiring["accept"]): Partial<Wiring["accept"]> => ({
      async prefer(...told) {
        seen.push(await rowsOf("p4"));
        return prefer(...told);
      },
    });
    expect((await putThrough(over, "p4", joined, left)).status).toBe(200);
    expect(seen).toMatchObject([[{ state: "in", source: "checkout" }]]);
    expect(await rowsOf("p4")).toHaveLength(2);
  });

  it("does nothing that the audit could not write down", async () => {
    expect((await putThrough(() => ({ audit: away }), "p5", left)).status).toBe(503);
    expect(await shop.get("/v1/recipients/p5/preferences")).toMatchObject({ status: 404 });
  });

  it("keeps an `out` that D1 has no copy of, shows since when, and copies it by its alarm", async () => {
    const answer = await putThrough(() => ({ copyRecipients: away }), "p6", { ...left, proof });
    expect([answer.status, await answer.json()]).toMatchObject([200, { preferences: [left], copied: false }]);
    expect(await rowsOf("p6")).toEqual([]);
    expect((await shop.get("/v1/recipients/p6/preferences")).body).toHaveProperty("uncopied_since");
    await wakeAfter("p6", 0);
    expect(await rowsOf("p6")).toEqual([]);
    await wakeAfter("p6", 30_000);
    expect(await rowsOf("p6")).toMatchObject([{ ...left, source: "checkout", recorded_by: `key:${shop.admin.split("_")[2]}` }]);
    expect((await shop.get("/v1/recipients/p6/preferences")).body).not.toHaveProperty("uncopied_since");
  });

  it("keeps the first proof of an equal entry, and gives it one where it had none", async () => {
    const { proof: _, ...bare } = joined;
    await put("p7", bare);
    await put("p7", joined);
    await put("p7", { ...joined, proof: { source: "import" } });
    expect(await rowsOf("p7")).toMatchObject([{ source: "checkout", wording_version: "2026-03" }]);
  });
});

describe("GET /v1/recipients/{id}/preferences", () => {
  const history = async (query: string, key = shop.admin) => ask("GET", `/v1/recipients/q1/preferences?history=true${query}`, key);
  beforeAll(async () => {
    await shop.put("/v1/recipients/q1", { addresses: { sms: "13800138000" }, preferences: [joined] });
    await put("q1", { ...left, proof: { source: "support", ip: "2001:db8:7:1::9" } });
  });

  it("shows what counts and, asked for it, all that was ever said with its proofs, newest first", async () => {
    expect((await shop.get("/v1/recipients/q1/preferences")).body).not.toHaveProperty("history");
    const { body, text } = await history("");
    const { proof: _, ...entry } = joined;
    expect(body).toMatchObject({
      preferences: [entry, left],
      history: [
        { ...left, proof: { source: "support", ip: "2001:db8:7::*" } },
        { ...entry, recorded_by: `key:${shop.admin.split("_")[2]}`, proof: { ...proof, ip: "203.0.113.*" } },
      ],
    });
    expect(text).not.toContain("203.0.113.7");
  });

  it("shows addresses of the network in clear to keys whose own scope allows it, and writes that down", async () => {
    const reading = await shop.keyWith("read");
    expect(await history("&unmask=true", reading)).toMatchObject({ status: 403 });
    expect(await history("&unmask=true")).toMatchObject({ status: 403 });
    const before = (await auditOf("recipient.unmask")).length;
    const { text } = await history("&unmask=true", await shop.keyWith("read", "unmask"));
    expect([text.includes("203.0.113.7"), text.includes("2001:db8:7:1::9")]).toEqual([true, true]);
    expect((await auditOf("recipient.unmask")).slice(before)).toMatchObject([{ target: await keyOf("q1") }]);
  });

  it("goes through a long history by cursors, each entry once", async () => {
    const entryAt = (at: number) => ({ ...joined, scope: "service", at: new Date(at).toISOString() });
    for (const from of [0, 100, 200])
      await put("q2", ...Array.from({ length: 100 }, (_, at) => ({ ...entryAt(86_400_000 * (from + at)), state: at % 2 ? "in" : "out" })));
    const times: string[] = [];
    for (let next: string | undefined = ""; next !== undefined; ) {
      const page = await shop.get(`/v1/recipients/q2/preferences?history=true${next && `&cursor=${next}`}`);
      times.push(...(page.text.split('"history":')[1]?.match(/(?<="at":")[^"]*/g) ?? []));
      next = page.text.match(/"next":"([^"]*)"/)?.[1];
    }
    expect(new Set(times).size).toBe(300);
    expect(times).toEqual(times.toSorted().reverse());
    for (const part of ["cursor", "unmask"])
      expect(
        await shop.get(
          `/v1/recipients/q2/preferences?${part}=${part === "unmask" ? "true" : cursorOf("2026-01-01T00:00:00Z", "all", "*", "out")}`,
        ),
      ).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: `/${part}`, detail: expect.stringContaining("history=true") }] },
      });
    expect(await shop.get("/v1/recipients/q2/preferences?history=true&cursor=x")).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/cursor" }] },
    });
  });

  it("is another tenant's business only where it is its own", async () => {
    const theirs = await other.get("/v1/recipients/q1/preferences?history=true");
    expect([theirs.status, theirs.text]).toEqual([404, (await other.get("/v1/recipients/nobody/preferences")).text]);
    await other.put("/v1/recipients/q1/preferences", { preferences: [{ ...left, scope: "service" }] });
    expect((await other.get("/v1/recipients/q1/preferences?history=true")).text).not.toContain("checkout");
  });
});

describe("GET /v1/preferences/export", () => {
  it("streams every entry of the tenant, with the id of whoever has a profile, and is written down", async () => {
    await other.put("/v1/recipients/r1", { preferences: [joined] });
    await other.put("/v1/recipients/r2/preferences", { preferences: [left] });
    const { status, headers, text } = await other.get("/v1/preferences/export");
    expect([status, headers.get("content-type")]).toEqual([200, "application/x-ndjson; charset=utf-8"]);
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    const { proof: _, ...entry } = joined;
    expect(lines).toContainEqual({
      recipient: "r1",
      ...entry,
      source: "checkout",
      wording_version: "2026-03",
      recorded_at: expect.any(String),
    });
    expect(lines).toContainEqual({ recipient_key: expect.stringMatching(/^[\w-]{22}$/), ...left, recorded_at: expect.any(String) });
    expect(lines).toHaveLength(3);
    expect(text).not.toContain("203.0.113");
    const { results } = await env.DB.prepare("SELECT action FROM audit WHERE tenant = 'other' AND action = 'preferences.export'").all();
    expect(results).toHaveLength(1);
  });

  it("goes on over pages, and gives each entry once", async () => {
    const entries = Array.from({ length: 100 }, (_, at) => ({ ...joined, at: new Date(at * 1000).toISOString() }));
    for (let person = 0; person < 11; person++) await put(`s${person}`, ...entries);
    const { text } = await shop.get("/v1/preferences/export");
    const lines = text.trimEnd().split("\n");
    const { results } = await env.DB.prepare("SELECT count(*) AS n FROM preferences WHERE tenant = 'shop'").all();
    expect([lines.length, new Set(lines).size]).toEqual([results[0]?.n, lines.length]);
    expect(lines.length).toBeGreaterThan(1_100);
  });
});

describe("POST /v1/preferences/import", () => {
  const importLines = (lines: readonly unknown[], query = "", tenant = shop): Promise<Answer> =>
    ask("POST", `/v1/preferences/import${query}`, tenant.admin, lines.map((line) => JSON.stringify(line)).join("\n"), {
      "content-type": "application/x-ndjson",
    });
  const told = ({ text }: Answer): unknown[] =>
    text
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
  const given = { scope: "marketing", channel: "sms", state: "in", at: "2025-05-01T00:00:00.000Z", source: "old crm", ip: "203.0.113.9" };

  it("brings what was said elsewhere into force with its proof, and tells of each line that is no claim", async () => {
    await shop.put("/v1/recipients/i1", { addresses: { sms: "13800138000" } });
    const lines = [
      { recipient: "i1", ...given },
      { recipient: "i2", ...given, at: undefined },
      { recipient: "i3", ...given, source: undefined },
      { recipient: "i4", ...left, recorded_at: "2026-01-01T00:00:00.000Z" },
      { ...given, phone: "x" },
    ];
    const answer = await importLines(lines);
    expect(told(answer)).toMatchObject([
      { line: 2, id: "i2", errors: [{ pointer: "/at" }] },
      { line: 3, id: "i3", errors: [{ pointer: "/source", detail: expect.stringContaining("proof") }] },
      { line: 5, errors: [{ pointer: "/recipient" }, { pointer: "/phone" }] },
      { through: 5 },
      { done: true, lines: 5, imported: 2, failed: 3 },
    ]);
    expect(await decide("i1", "sale.offer")).toBe("send");
    expect(await rowsOf("i1")).toMatchObject([{ state: "in", source: "old crm", ip: expect.stringMatching(/^k1\./) }]);
    expect(await rowsOf("i4")).toMatchObject([{ state: "out", source: null }]);
    expect(await auditOf("preferences.import")).toMatchObject([{ target: "", detail: '{"first":1,"after":0}' }]);
    const before = await rowsOf("i1");
    expect(told(await importLines(lines, "?after=3"))).toMatchObject([
      { line: 5 },
      { through: 5 },
      { done: true, unchanged: 1, failed: 1 },
    ]);
    expect(told(await importLines(lines)).at(-1)).toEqual({ done: true, lines: 5, imported: 0, unchanged: 2, failed: 3 });
    expect(await rowsOf("i1")).toEqual(before);
  });

  it("counts a line that says nothing new as unchanged, in one pack or in another", async () => {
    const line = { recipient: "i10", ...given };
    expect(told(await importLines([line, line])).at(-1)).toMatchObject({ imported: 1, unchanged: 1, failed: 0 });
    const newer = { ...line, at: "2025-06-01T00:00:00.000Z", state: "out" };
    expect(told(await importLines([line, newer])).at(-1)).toMatchObject({ imported: 1, unchanged: 1, failed: 0 });
    // Older than what counts: it changes nothing, and the history has it.
    const older = { ...line, at: "2025-04-01T00:00:00.000Z" };
    expect(told(await importLines([older])).at(-1)).toMatchObject({ imported: 0, unchanged: 1, failed: 0 });
    expect(await rowsOf("i10")).toHaveLength(3);
  });

  it("takes what an export gave", async () => {
    const id = "i5";
    await shop.put(`/v1/recipients/${id}`, { addresses: { sms: "13800138000" }, preferences: [joined, left] });
    const lines = (await shop.get("/v1/preferences/export")).text.split("\n").filter((line) => line.includes(`"${id}"`));
    expect(lines).toHaveLength(2);
    const answer = await importLines(
      lines.map((line): unknown => JSON.parse(line)),
      "",
      other,
    );
    expect(told(answer).at(-1)).toMatchObject({ done: true, imported: 2, failed: 0 });
    const { proof: _, ...entry } = joined;
    // In the order of an export, which is that of scopes.
    expect(await other.get(`/v1/recipients/${id}/preferences`)).toMatchObject({ body: { preferences: [left, entry] } });
  });

  it("leaves to Recipients what cannot be copied, and has those lines come again that nobody could be told of", async () => {
    const wiring = await wire(env);
    const send = async (over: Partial<Wiring["accept"]>, ...lines: object[]): Promise<unknown[]> => {
      const router = routerOf({ ...wiring, accept: { ...wiring.accept, ...over } });
      const headers = { authorization: `Bearer ${shop.admin}`, "content-type": "application/x-ndjson" };
      const body = lines.map((line) => JSON.stringify(line)).join("\n");
      const response = await router.fetch(new Request(`${ORIGIN}/v1/preferences/import`, { method: "POST", headers, body }));
      return (await response.text())
        .trim()
        .split("\n")
        .map((line): unknown => JSON.parse(line));
    };
    const line = { recipient: "i6", ...left };
    expect((await send({ copyRecipients: away }, line)).at(-1)).toMatchObject({ done: true, imported: 1 });
    expect((await shop.get("/v1/recipients/i6/preferences")).body).toHaveProperty("uncopied_since");
    await wakeAfter("i6", 30_000);
    expect(await rowsOf("i6")).toMatchObject([{ state: "out" }]);
    const lost = await send({ copyRecipients: away, notCopied: away }, { ...line, recipient: "i7" });
    expect(lost).toMatchObject([
      { line: 1, id: "i7", status: 503 },
      { through: 0, more: true },
    ]);
    const { prefer } = wiring.accept;
    const key = await keyOf("i8");
    const halting: Wiring["accept"]["prefer"] = (tenant, of, ...rest) => (of === key ? away() : prefer(tenant, of, ...rest));
    const half = await send({ prefer: halting }, { ...line, recipient: "i8" }, { ...line, recipient: "i9" });
    expect(half).toMatchObject([{ line: 1, id: "i8", status: 503 }, { more: true }]);
    expect(await rowsOf("i9")).toHaveLength(1);
  });
});
