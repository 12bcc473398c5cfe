import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { wire } from "../../src/wiring.ts";
import { ask, type OpenTenant, openTenant, ROOT_KEY } from "./open-tenant.ts";
import { stubCarrier } from "./stub-carrier.ts";

const DAY_MS = 86_400_000;
const row = z.strictObject({
  seq: z.number(),
  at: z.iso.datetime(),
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  detail: z.unknown(),
  hash: z.string(),
  everyone: z.literal(true).optional(),
});
const page = z.strictObject({ audit: z.array(row), next: z.string().optional() });
type Row = z.infer<typeof row>;

let shop: OpenTenant;
let other: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
  other = await openTenant("other");
});

const list = async (query = "", tenant = shop) => page.parse((await tenant.get(`/v1/audit${query}`)).body);
const verify = async (body: object = {}, tenant = shop) => (await ask("POST", "/v1/audit/verify", tenant.admin, body)).body;
const post = (path: string, body?: unknown, tenant = shop) => ask("POST", path, tenant.admin, body);
const brief = ({ action, target, detail }: Row) => [action, target, detail];

/** What a request adds to the tenant's audit, oldest first. */
async function adds(act: () => Promise<unknown>, tenant = shop): Promise<Row[]> {
  const [before] = (await list("?limit=1", tenant)).audit;
  await act();
  return (await list("?limit=100", tenant)).audit.filter(({ seq }) => seq > (before?.seq ?? 0)).toReversed();
}

describe("An administrative change", () => {
  it("stands in the audit: a tenant's creation is the first row of its chain", async () => {
    const { audit } = await list("?action=tenant.create", other);
    expect(audit).toMatchObject([{ seq: 1, actor: "root", target: "other", detail: { scopes: ["admin"], key: expect.any(String) } }]);
  });

  it("makes one of several equal tenants, with one row", async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask("POST", "/v1/tenants", ROOT_KEY, { id: "racing" })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    expect(await env.DB.prepare("SELECT COUNT(*) AS n FROM audit WHERE tenant = 'racing'").first()).toEqual({ n: 1 });
  });

  it("is named with its key and its thing, and what changes nothing is not", async () => {
    const rows = await adds(async () => {
      await post("/v1/pauses", { notice: "order.paid" });
      await post("/v1/pauses", { notice: "order.paid" });
      await ask("DELETE", "/v1/pauses", shop.admin, { notice: "order.paid" });
      await ask("DELETE", "/v1/pauses", shop.admin, { notice: "order.paid" });
      await post("/v1/pauses", { tenant: true });
      await ask("DELETE", "/v1/pauses", shop.admin, { tenant: true });
    });
    expect(rows.map(brief)).toEqual([
      ["pause.set", "notice/order.paid", {}],
      ["pause.lift", "notice/order.paid", {}],
      ["pause.set", "tenant", {}],
      ["pause.lift", "tenant", {}],
    ]);
    for (const { actor } of rows) expect(actor).toBe(`key:${shop.admin.split("_")[2]}`);
  });

  it("of messages names what there is: a message, a recipient's key, dead letters, and never an id of a person", async () => {
    await shop.put("/v1/recipients/person-1", { addresses: { sms: "+8613800150001" } });
    const event = { id: "e1", source: "/s", type: "order.paid", subject: "person-1", data: { name: "x" } };
    const later = new Date(Date.now() + DAY_MS).toISOString();
    const posted = await shop.post({ ...event, deliverat: later });
    const id = posted.text.match(/[\w-]{44}/)?.[0] ?? "";
    await env.DB.prepare("INSERT INTO dead_letters (tenant, id, reason, at) VALUES ('shop', ?, 'failed', 1)").bind(id).run();
    const rows = await adds(async () => {
      await post(`/v1/messages/${id}/cancel`);
      await post(`/v1/messages/${"m".repeat(44)}/cancel`);
      await post("/v1/recipients/person-1/cancel", { notice: "order.paid", key: "13800150001" });
      await post("/v1/recipients/person-1/cancel", { notice: "13800150001", key: "k" });
      await post("/v1/recipients/person-1/reschedule", { notice: "order.paid", key: "k", by: "P1D" });
      await post("/v1/dead-letters/replay", { ids: [id, "unknown"] });
      await post("/v1/dead-letters/replay", { ids: ["unknown"] });
      await post("/v1/recover");
      await post("/v1/carriers/main/test", { to: "+8613800150001", text: "Hi" });
    });
    expect(rows.map(brief)).toEqual([
      ["message.cancel", id, {}],
      ["recover", "", { after: "" }],
      ["carrier.test", "main", { channel: "sms", to: expect.any(String) }],
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/person-1|13800150001/);
    const own = (await list("?recipient=person-1")).audit.filter(
      ({ action }) => action.startsWith("message.") || action.startsWith("dead"),
    );
    expect(own.map(({ seq }) => seq)).toEqual(
      rows
        .slice(0, 1)
        .map(({ seq }) => seq)
        .toReversed(),
    );
  });

  it("does not stand there where it was refused or changed nothing", async () => {
    await shop.put("/v1/recipients/person-2", { addresses: { sms: "+8613800150002" }, tags: ["a"] });
    await ask("PUT", "/v1/blocks", shop.admin, { channel: "sms", address: "+8613800150003" });
    const posted = await shop.post({ id: "e2", source: "/s", type: "order.paid", subject: "person-2", data: { name: "x" } });
    const id = posted.text.match(/[\w-]{44}/)?.[0] ?? "";
    const seeing = await shop.keyWith("unmask", "read");
    await vi.waitFor(async () => expect((await shop.get(`/v1/messages/${id}`)).body).toMatchObject({ state: "sent" }), 30_000);
    const statuses: number[] = [];
    const rows = await adds(async () => {
      const refused = [
        ask("PATCH", "/v1/recipients/nobody", shop.admin, { locale: "en" }),
        ask("PATCH", "/v1/recipients/person-2", shop.admin, { add_tags: Array.from({ length: 64 }, (_, at) => `t${at}`) }),
        post("/v1/recipients/person-2/cancel", { notice: "order.payed", key: "k" }),
        post("/v1/recipients/person-2/cancel", { notice: "order.paid", key: "k" }),
        post("/v1/recipients/person-2/reschedule", { notice: "order.paid", key: "k", by: "P1D" }),
        post(`/v1/messages/${id}/cancel`),
        post("/v1/carriers/main/test", { to: "+8613800150003", text: "Hi" }),
        ask("GET", "/v1/recipients/person-2/preferences?history=true&unmask=true", seeing),
        post("/v1/sealing"),
      ];
      for (const { status } of await Promise.all(refused)) statuses.push(status);
    });
    expect(statuses).toEqual([404, 422, 422, 200, 200, 200, 409, 200, 200]);
    expect(rows).toEqual([]);
  });

  it("of the patch of a person stands there where it was done", async () => {
    const rows = await adds(() => ask("PATCH", "/v1/recipients/person-2", shop.admin, { add_tags: ["b"] }));
    expect(rows.map(brief)).toEqual([["recipient.patch", expect.any(String), { fields: ["add_tags"] }]]);
  });

  it("is not made where it cannot be written down", async () => {
    const { accept } = await wire(env);
    await env.DB.exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END");
    try {
      const refused = await Promise.all([
        post("/v1/pauses", { lane: "service" }),
        post("/v1/recover"),
        ask("POST", "/v1/tenants", ROOT_KEY, { id: "unwritten" }),
      ]);
      expect(refused.map(({ status }) => status)).toEqual([503, 503, 503]);
    } finally {
      await env.DB.exec("DROP TRIGGER full");
    }
    expect(await accept.listPauses("shop")).toEqual([]);
    expect(await env.DB.prepare("SELECT COUNT(*) AS n FROM tenants WHERE id = 'unwritten'").first()).toEqual({ n: 0 });
  });
});

describe("GET /v1/audit", () => {
  it("goes page by page without gap or repetition, newest first", async () => {
    const { audit: all } = await list("?limit=100");
    const seen: Row[] = [];
    for (let query = "?limit=3"; query !== ""; ) {
      const { audit, next } = await list(query);
      seen.push(...audit);
      query = next === undefined ? "" : `?limit=3&cursor=${next}`;
    }
    expect(seen).toEqual(all);
    expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: all.length }, (_, at) => all.length - at));
  });

  it("finds by each of its parameters, and nothing of another tenant", async () => {
    const { audit } = await list("?limit=100");
    const [newest] = audit;
    const actor = newest?.actor ?? "";
    expect((await list(`?actor=${actor}`)).audit).toEqual(audit.filter((one) => one.actor === actor));
    expect((await list("?action=pause.set")).audit.length).toBeGreaterThan(0);
    expect((await list("?target=notice/order.paid")).audit).toHaveLength(2);
    expect((await list("?recipient=nobody")).audit).toEqual(audit.filter((one) => one.everyone));
    expect((await list(`?to=${newest?.at}`)).audit).toEqual(audit.filter(({ at }) => at < (newest?.at ?? "")));
    expect((await list("?from=2999-01-01T00:00:00Z")).audit).toEqual([]);
    expect((await list(`?actor=${actor}`, other)).audit).toEqual([]);
    const theirs = (await list("?limit=100", other)).audit.map(({ hash }) => hash);
    for (const { hash } of audit) expect(theirs).not.toContain(hash);
  });

  it("shows of one person what was done to everyone too, and says that it was", async () => {
    const lines = { "content-type": "application/x-ndjson" };
    const all = ["recipients.import", "preferences.import", "recipients.export", "preferences.export", "block.unmask"];
    const rows = await adds(async () => {
      await ask("POST", "/v1/recipients/import", shop.admin, '{"id":"of-many"}', lines);
      await ask("POST", "/v1/preferences/import", shop.admin, '{"recipient":"of-many"}', lines);
      await shop.get("/v1/recipients/export");
      await shop.get("/v1/preferences/export");
      const block = { channel: "sms", address: "13800150009" };
      await shop.put("/v1/blocks", block);
      const seeing = await shop.keyWith("read", "unmask");
      await ask("GET", "/v1/blocks?unmask=true", seeing);
      await ask("GET", "/v1/blocks?unmask=true&channel=sms&address=13800150009", seeing);
      await post("/v1/recover");
    });
    expect(rows.map(({ action }) => action)).toEqual([...all.slice(0, 4), "block.set", "block.unmask", "block.unmask", "recover"]);
    const { audit } = await list("?recipient=of-many");
    expect(audit.map(({ action }) => action).toReversed()).toEqual(all);
    for (const one of audit) expect(one.everyone).toBe(true);
    expect((await list("?recipient=of-many&action=recipients.import")).audit).toHaveLength(1);
    expect((await list("?action=block.unmask")).audit.map(({ everyone }) => everyone)).toEqual([undefined, true]);
  });

  it("looks back over a bounded number of rows and goes on from there", async () => {
    const rows = "WITH RECURSIVE n(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n WHERE seq < 45000) SELECT 'long', seq, seq, 'root'";
    await env.DB.prepare(`INSERT INTO audit ${rows}, 'recover', CASE seq WHEN 7 THEN 'x' ELSE '' END, '{}', 'h' FROM n`).run();
    const { accept } = await wire(env);
    const pages = [];
    for (let before: number | undefined, at = 0; at < 5; at++) {
      const found = await accept.listAudit("long", { target: "x" }, before, 50);
      pages.push(found.rows.map(({ seq }) => seq));
      if (found.next === undefined) break;
      before = found.next;
    }
    expect(pages).toEqual([[], [], [7]]);
  });

  it.each(["cursor=x", "cursor=", "limit=0", "limit=101", "action=x", "from=today", "who=me", "actor=", "recipient=%20x"])(
    "refuses ?%s",
    async (query) => {
      const name = query.split("=")[0];
      expect(await shop.get(`/v1/audit?${query}`)).toMatchObject({ status: 422, body: { errors: [{ pointer: `/${name}` }] } });
    },
  );
});

describe("POST /v1/audit/verify", () => {
  /** Writes to the table as nobody should, looks, and puts it back. */
  async function withTampering(sql: string, look: () => Promise<void>): Promise<void> {
    const rows = await env.DB.prepare("SELECT * FROM audit WHERE tenant IN ('shop', 'other')").all();
    const head = await env.DB.prepare("SELECT * FROM audit_heads WHERE tenant = 'shop'").first();
    await env.DB.batch(sql.split(";").map((statement) => env.DB.prepare(statement)));
    await look();
    await env.DB.batch([
      env.DB.prepare("DELETE FROM audit WHERE tenant IN ('shop', 'other')"),
      env.DB.prepare("DELETE FROM audit_heads WHERE tenant = 'shop'"),
      ...rows.results.map((one) => env.DB.prepare("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)").bind(...Object.values(one))),
      env.DB.prepare("INSERT INTO audit_heads VALUES (?, ?, ?, ?)").bind(...Object.values(head ?? {})),
    ]);
    expect(await verify()).toMatchObject({ ok: true });
  }

  it("says of an untouched chain that it is sound, where it ends, and that a head noted earlier is still in it", async () => {
    const { audit } = await list("?limit=100");
    const [head] = audit;
    const sound = { ok: true, rows: audit.length, through: audit.length, head: { seq: head?.seq, hash: head?.hash } };
    expect(await verify()).toEqual(sound);
    const noted = audit[3] && { seq: audit[3].seq, hash: audit[3].hash };
    await post("/v1/recover");
    expect(await verify({ expect: noted })).toMatchObject({ ok: true, rows: audit.length + 1 });
    expect(await verify({ after: 3 })).toMatchObject({ ok: true, rows: audit.length - 2 });
    expect(await verify({}, other)).toMatchObject({ ok: true });
  });

  const WHERE = "WHERE tenant = 'shop' AND seq =";
  it.each([
    [`UPDATE audit SET actor = 'root' ${WHERE} 3`, 3, "changed"],
    [`UPDATE audit SET at = at + 1 ${WHERE} 1`, 1, "changed"],
    [`UPDATE audit SET action = 'nothing.known' ${WHERE} 2`, 2, "changed"],
    [`UPDATE audit SET detail = 'no json' ${WHERE} 2`, 2, "changed"],
    [`UPDATE audit SET detail = detail || ' ' ${WHERE} 2`, 2, "changed"],
    [`UPDATE audit SET hash = 'x' ${WHERE} 4`, 4, "changed"],
    [`UPDATE audit SET seq = 3.5 ${WHERE} 4`, 4, "changed"],
    [`UPDATE audit SET seq = 'x' ${WHERE} 1`, 1, "missing"],
    [`DELETE FROM audit ${WHERE} 1`, 1, "missing"],
    [`DELETE FROM audit ${WHERE} 5`, 5, "missing"],
    ["DELETE FROM audit WHERE tenant = 'shop' AND seq = (SELECT MAX(seq) FROM audit WHERE tenant = 'shop')", undefined, "missing"],
    [`UPDATE audit SET seq = 0 ${WHERE} 2; UPDATE audit SET seq = 2 ${WHERE} 4; UPDATE audit SET seq = 4 ${WHERE} 0`, 2, "moved"],
    [`UPDATE audit SET seq = 0 ${WHERE} 2; UPDATE audit SET seq = 2 ${WHERE} 3; UPDATE audit SET seq = 3 ${WHERE} 0`, 2, "moved"],
    ["DELETE FROM audit_heads WHERE tenant = 'shop'", undefined, "missing"],
    ["UPDATE audit_heads SET hash = 'x' WHERE tenant = 'shop'", undefined, "changed"],
    ["UPDATE audit SET tenant = 'shop', seq = 99 WHERE tenant = 'other' AND seq = 1", undefined, "missing"],
  ])("finds %s", async (sql, at, what) => {
    await withTampering(sql, async () => {
      expect(await verify()).toMatchObject({ ok: false, what, ...(at === undefined ? {} : { at }), detail: expect.any(String) });
      expect((await list("?limit=100")).audit.length).toBeGreaterThan(0);
    });
  });

  it("finds a tail that went together with the head only by a head that was noted", async () => {
    const { head } = z.looseObject({ head: z.strictObject({ seq: z.number(), hash: z.string() }) }).parse(await verify());
    const cut = `DELETE FROM audit WHERE tenant = 'shop' AND seq > 4; UPDATE audit_heads SET seq = 4, hash = (SELECT hash FROM audit ${WHERE} 4) WHERE tenant = 'shop'`;
    await withTampering(cut, async () => {
      expect(await verify()).toMatchObject({ ok: true, rows: 4 });
      expect(await verify({ expect: head })).toMatchObject({ ok: false, at: head.seq, what: "missing" });
    });
  });

  it("goes through a long chain in pages", async () => {
    const { accept } = await wire(env);
    const entry = { actor: "root", action: "recover", target: "", detail: {} } as const;
    await accept.audit(
      "other",
      Array.from({ length: 1_100 }, () => entry),
    );
    const first = await verify({}, other);
    expect(first).toMatchObject({ ok: true, rows: 1_000, through: 1_000, next: 1_000 });
    const rest = z.looseObject({ head: z.looseObject({ seq: z.number() }) }).parse(await verify({ after: 1_000 }, other));
    expect(rest).toMatchObject({ ok: true, through: rest.head.seq });
    expect(rest).not.toHaveProperty("next");
    await env.DB.prepare("UPDATE audit SET target = 'x' WHERE tenant = 'other' AND seq = 1050").run();
    expect(await verify({ after: 1_000 }, other)).toMatchObject({ ok: false, at: 1_050, what: "changed" });
  });

  it.each([
    [{ after: -1 }, "/after"],
    [{ after: "5" }, "/after"],
    [{ expect: {} }, "/expect/seq"],
    [{ expect: { seq: 1.5, hash: "x" } }, "/expect/seq"],
    [{ through: 5 }, "/through"],
  ])("refuses %j", async (body, pointer) => {
    const answer = await ask("POST", "/v1/audit/verify", shop.admin, body);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(`"pointer":"${pointer}"`);
  });
});
