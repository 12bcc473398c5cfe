import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { routerOf } from "../../src/routes.ts";
import { type Wiring, wire } from "../../src/wiring.ts";
import { ask, type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { stubCarrier } from "./stub-carrier.ts";

let shop: OpenTenant;
let other: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
  other = await openTenant("other");
});

const LINES = { "content-type": "application/x-ndjson" };
const report = z.looseObject({ line: z.number().optional(), through: z.number().optional(), more: z.boolean().optional() });
const reportsIn = (text: string): z.infer<typeof report>[] =>
  text
    .trim()
    .split("\n")
    .map((line) => report.parse(JSON.parse(line)));
const put = async (lines: readonly unknown[], query = "", key = shop.admin) => {
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  return reportsIn((await ask("POST", `/v1/recipients/import${query}`, key, text, LINES)).text);
};
const numberOf = (at: number): string => `+86138${String(10_000_000 + at)}`;
const person = (prefix: string, at: number) => ({ id: `${prefix}${at}`, addresses: { sms: numberOf(at) }, tags: ["new"] });

describe("POST /v1/recipients/import", () => {
  it("keeps every good line and tells of each bad one where it stands, what is wrong and whose it is", async () => {
    const reports = await put([
      person("a", 1),
      "{",
      { id: "a2", addresses: { sms: "12" } },
      { addresses: {} },
      "",
      { ...person("a", 3), foo: 1, preferences: [{ scope: "marketing", channel: "*", state: "in" }] },
      person("a", 4),
    ]);
    expect(reports).toEqual([
      { line: 2, errors: [{ pointer: "", detail: expect.stringContaining("not JSON") }] },
      { line: 3, id: "a2", errors: [{ pointer: "/addresses/sms", detail: expect.any(String) }] },
      { line: 4, errors: [{ pointer: "/id", detail: expect.any(String) }] },
      { line: 6, id: "a3", errors: ["/preferences/0/at", "/foo"].map((pointer) => ({ pointer, detail: expect.any(String) })) },
      { through: 7 },
      { done: true, lines: 6, imported: 2, unchanged: 0, failed: 4 },
    ]);
    expect(await shop.get("/v1/recipients/a4")).toMatchObject({
      status: 200,
      body: { revision: 1, addresses: { sms: [{ address: "138****0004" }] } },
    });
    expect(await shop.get("/v1/recipients/a3")).toMatchObject({ status: 404 });
    expect(await other.get("/v1/recipients/a4")).toMatchObject({ status: 404 });
  });

  it("changes nothing when it comes again, and takes lines of one person in their order", async () => {
    const preferences = [{ scope: "marketing", channel: "*", state: "in", at: "2026-01-01T00:00:00Z" }];
    const lines = [{ ...person("b", 1), preferences }, person("b", 2), { ...person("b", 1), tags: ["last"], preferences }];
    expect((await put(lines)).at(-1)).toEqual({ done: true, lines: 3, imported: 3, unchanged: 0, failed: 0 });
    expect(await shop.get("/v1/recipients/b1")).toMatchObject({ body: { revision: 2, tags: ["last"], preferences: [{ state: "in" }] } });
    expect((await put(lines.slice(1))).at(-1)).toMatchObject({ imported: 0, unchanged: 2 });
    expect((await put([{ id: "b1", tags: ["more"] }], "?how=merge")).at(-1)).toMatchObject({ imported: 1 });
    expect(await shop.get("/v1/recipients/b1")).toMatchObject({ body: { revision: 3, tags: ["more"], addresses: { sms: [{}] } } });
  });

  it("goes on behind a line", async () => {
    const lines = [person("c", 1), person("c", 2), person("c", 3)];
    expect(await put(lines, "?after=2")).toEqual([{ through: 3 }, { done: true, lines: 1, imported: 1, unchanged: 0, failed: 0 }]);
    expect(await shop.get("/v1/recipients/c2")).toMatchObject({ status: 404 });
    expect(await put(lines.slice(1, 2), "?first=2")).toEqual([
      { through: 2 },
      { done: true, lines: 1, imported: 1, unchanged: 0, failed: 0 },
    ]);
    expect((await ask("POST", "/v1/recipients/import?after=x", shop.admin, "", LINES)).status).toBe(422);
  });

  it("writes its answer while the body still comes, and reads no further than its answer is read", async () => {
    const encoder = new TextEncoder();
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const lines = Array.from({ length: 100 }, () => `${JSON.stringify(person("d", ++pulled % 3))}\n`).join("");
          if (pulled > 1_000) controller.close();
          else controller.enqueue(encoder.encode(lines));
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { ...LINES, authorization: `Bearer ${shop.admin}` };
    const request = new Request(`${ORIGIN}/v1/recipients/import`, { method: "POST", headers, body });
    const router = routerOf(await wire(env));
    const reader = (await router.fetch(request)).body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('{"through":100}\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(pulled).toBeLessThanOrEqual(200);
    await reader?.cancel();
  });

  it("stops before what a failing database could not take, and loses nothing when it goes on", async () => {
    const lines = Array.from({ length: 120 }, (_, at) => person("e", at < 100 ? at % 5 : at));
    const text = lines.map((line) => JSON.stringify(line)).join("\n");
    let copies = 0;
    const failing = ({ copyRecipients }: Wiring["accept"]): Partial<Wiring["accept"]> => ({
      pause: async () => undefined,
      copyRecipients: (rows, preferences) => (++copies >= 2 ? Promise.reject(new Error("D1 is away")) : copyRecipients(rows, preferences)),
    });
    const broken = reportsIn(await through(failing, text));
    expect(copies).toBe(4);
    expect(broken.at(0)).toEqual({ through: 100 });
    expect(broken.filter(({ status }) => status === 503)).toHaveLength(20);
    expect(broken.at(-1)).toEqual({ through: 100, more: true, lines: 100, imported: 5, unchanged: 95, failed: 0 });
    expect((await put(lines, "?after=100")).at(-1)).toEqual({ done: true, lines: 20, imported: 0, unchanged: 20, failed: 0 });
    expect(await shop.get("/v1/recipients?tag=new&address=13810000119")).toMatchObject({
      body: { recipients: [{ id: "e119", revision: 1 }] },
    });
  });

  it("tries a Recipient a few times that does not answer, and only then stops", async () => {
    const tries = new Map<string, number>();
    const flaky = ({ change }: Wiring["accept"]): Partial<Wiring["accept"]> => ({
      pause: async () => undefined,
      change(tenant, key, changes) {
        const before = tries.get(key) ?? 0;
        tries.set(key, before + 1);
        return before < 2 ? Promise.reject(new Error("overloaded")) : change(tenant, key, changes);
      },
    });
    const text = [1, 2, 3].map((at) => JSON.stringify(person("f", at))).join("\n");
    expect(reportsIn(await through(flaky, text)).at(-1)).toMatchObject({ done: true, imported: 3 });
    const dead = (): Partial<Wiring["accept"]> => ({ pause: async () => undefined, change: () => Promise.reject(new Error("no")) });
    expect(reportsIn(await through(dead, text)).at(-1)).toMatchObject({ through: 0, more: true });
  });

  it("is written into the audit before the first line is kept", async () => {
    const refuse = (): Partial<Wiring["accept"]> => ({ audit: () => Promise.reject(new Error("D1 is away")) });
    expect(await through(refuse, JSON.stringify(person("g", 1)))).toContain('"status":503');
    expect(await shop.get("/v1/recipients/g1")).toMatchObject({ status: 404 });
    await put([person("g", 1)], "?how=merge");
    const row = await env.DB.prepare(
      "SELECT detail FROM audit WHERE tenant = 'shop' AND action = 'recipients.import' ORDER BY seq DESC",
    ).first();
    expect(JSON.parse(String(row?.detail))).toEqual({ how: "merge", first: 1, after: 0 });
  });
});

describe("GET /v1/recipients/export", () => {
  it("gives everyone back, and in clear what another tenant can import as it is", async () => {
    const round = await openTenant("round", null);
    const people = [
      {
        id: "r1",
        addresses: { sms: ["+8613800138000", "+14155552671"], email: "r@example.com" },
        tags: ["a"],
        locale: "en",
        quiet_hours: [],
      },
      { id: "r2", addresses: {}, time_zone: "Asia/Shanghai", tags: [], quiet_hours: [{ from: "22:00", to: "08:00" }] },
    ];
    await put(people, "", round.admin);
    const masked = await ask("GET", "/v1/recipients/export", round.admin);
    expect(masked.headers.get("content-type")).toContain("application/x-ndjson");
    expect(masked.text).toContain("138****8000");
    expect(masked.text).not.toMatch(/13800138000|r@example/);
    expect(await ask("GET", "/v1/recipients/export?unmask=true", round.admin)).toMatchObject({ status: 403 });
    const key = await round.keyWith("admin", "unmask");
    const { text } = await ask("GET", "/v1/recipients/export?unmask=true", key);
    const given = text
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(given).toHaveLength(people.length);
    expect(given).toEqual(expect.arrayContaining(people));
    const copy = await openTenant("copy", null);
    expect(reportsIn((await ask("POST", "/v1/recipients/import", copy.admin, text, LINES)).text).at(-1)).toMatchObject({
      imported: people.length,
      failed: 0,
    });
    const again = await ask("GET", "/v1/recipients/export?unmask=true", await copy.keyWith("admin", "unmask"));
    expect(again.text.trim().split("\n").sort()).toEqual(text.trim().split("\n").sort());
    expect((await ask("GET", "/v1/recipients/export?tag=a", round.admin)).text.trim().split("\n")).toHaveLength(1);
    const { results } = await env.DB.prepare(
      "SELECT detail FROM audit WHERE tenant = 'round' AND action = 'recipients.export' ORDER BY seq",
    ).all();
    expect(results.map(({ detail }): unknown => JSON.parse(String(detail)))).toEqual([
      { unmask: false, tagged: false },
      { unmask: true, tagged: false },
      { unmask: false, tagged: true },
    ]);
  });
});

describe("An export of more than a page", () => {
  it("gives everyone once", async () => {
    const many = await openTenant("many", null);
    await put([person("m", 0)], "", many.admin);
    const { accept } = await wire(env);
    const [one] = (await accept.listCopies("many", undefined, "", 1)).copies;
    const rows = Array.from({ length: 450 }, (_, at) => ({
      tenant: "many",
      key: `k${at}`.padEnd(22, "_"),
      profile: one?.profile ?? "",
      revision: 1,
    }));
    await accept.copyRecipients(rows, []);
    expect((await many.get("/v1/recipients/export")).text.trim().split("\n")).toHaveLength(451);
    expect((await many.get("/v1/recipients/export?tag=new")).text.trim().split("\n")).toHaveLength(451);
  });
});

/** An import into the Worker with some of its wiring in other hands. */
async function through(over: (accept: Wiring["accept"]) => Partial<Wiring["accept"]>, body: string): Promise<string> {
  const wiring = await wire(env);
  const router = routerOf({ ...wiring, accept: { ...wiring.accept, ...over(wiring.accept) } });
  const headers = { ...LINES, authorization: `Bearer ${shop.admin}` };
  return (await router.fetch(new Request(`${ORIGIN}/v1/recipients/import`, { method: "POST", headers, body }))).text();
}
