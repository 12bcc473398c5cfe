import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import {
  activeUpsert,
  findManifest,
  findNotices,
  keepNotices,
  listVersions,
  parseManifest,
  standingCatalog,
} from "../../src/store/catalogs.ts";
import { catalogCacheOf } from "../../src/store/compiled-catalog.ts";
import type { Catalog } from "../../src/vocabulary/catalog.ts";
import { countingDatabase } from "./counting-database.ts";
import { putInForce } from "./put-in-force.ts";

const notice = (over: object = {}) => ({ class: "service" as const, channels: ["sms" as const], ...over });
const body = (...names: string[]): Catalog => ({
  brand: { name: "B" },
  notices: Object.fromEntries(names.map((name) => [name, notice()])),
});

describe("catalogs", () => {
  it("are numbered by tenant and never change", async () => {
    expect([
      await putInForce(env.DB, "t1", body("a")),
      await putInForce(env.DB, "t1", body("b")),
      await putInForce(env.DB, "t2", body("c")),
    ]).toEqual([1, 2, 1]);
    const cache = catalogCacheOf(env.DB, () => 0);
    expect((await cache.version("t1", 1, { names: ["a", "b"] })).catalog).toEqual(body("a"));
    await expect(cache.version("t2", 2)).rejects.toThrow("does not exist");
  });

  it("are in force at most 10 s later where another isolate published, and at once where this one did", async () => {
    let now = 0;
    const cache = catalogCacheOf(env.DB, () => now);
    const inForce = async () => (await cache.active("t3"))?.version;
    await putInForce(env.DB, "t3", body("a"));
    expect(await inForce()).toBe(1);
    await putInForce(env.DB, "t3", body("b"));
    now = 9_999;
    expect(await inForce()).toBe(1);
    now = 10_000;
    expect(await inForce()).toBe(2);
    await putInForce(env.DB, "t3", body("c"));
    cache.forget("t3");
    expect(await inForce()).toBe(3);
  });

  it("are looked up anew where somebody has seen a newer one, and not where this isolate has it already", async () => {
    const { database, asked } = countingDatabase(env.DB);
    const cache = catalogCacheOf(database, () => 0);
    await putInForce(env.DB, "t5", body("a"));
    expect(await cache.active("t5")).toMatchObject({ version: 1, activation: 1 });
    await env.DB.batch([activeUpsert(env.DB, "t5", 1, 1)]);
    await cache.outdated("t5", 1);
    expect(await cache.active("t5")).toMatchObject({ version: 1, activation: 2 });
    asked.statements.length = 0;
    await cache.outdated("t5", 1);
    await cache.active("t5");
    expect(asked.statements).toEqual([]);
  });

  it("count an activation each time that one is put in force, an older one too", async () => {
    await putInForce(env.DB, "t6", body("a"));
    await putInForce(env.DB, "t6", body("b"));
    await env.DB.batch([activeUpsert(env.DB, "t6", 1, 1)]);
    expect(await standingCatalog(env.DB, "t6")).toEqual({ version: 1, activation: 3, newest: 2 });
    expect((await listVersions(env.DB, "t6", 9, 9)).map(({ version }) => version)).toEqual([2, 1]);
    expect(await putInForce(env.DB, "t6", body("c"))).toBe(3);
  });

  it("have an activation above all that a restored database has lost", async () => {
    await putInForce(env.DB, "restored", body("a"));
    const lost = Date.parse("2026-03-01T00:00:00Z");
    await env.DB.batch([activeUpsert(env.DB, "restored", 1, lost + 5_000)]);
    expect(await standingCatalog(env.DB, "restored")).toMatchObject({ activation: lost + 5_000 });
    await env.DB.batch([activeUpsert(env.DB, "restored", 1, lost)]);
    expect(await standingCatalog(env.DB, "restored")).toMatchObject({ activation: lost + 5_001 });
  });

  it("are none for a tenant that published none", async () => {
    expect(await catalogCacheOf(env.DB, () => 0).active("t4")).toBeUndefined();
  });

  it("bring only the notices that are asked for, in catalog order, each by one object whatever the version", async () => {
    const cache = catalogCacheOf(env.DB, () => 0);
    const on = (...types: string[]) => notice({ on: types, dedupe: { key: types.join(), window: "PT1M" } });
    const canceled = notice({ cancel: { on: ["paid"], key: "k" } });
    await putInForce(env.DB, "t7", { notices: { z: on("paid", "sent"), b: on("sent"), a: on("paid"), c: canceled, d: on("c") } });
    await putInForce(env.DB, "t7", { notices: { a: on("paid") }, brand: { name: "N" } });
    const slice = await cache.version("t7", 1, { types: ["paid", "none"], names: ["b", "none"] });
    expect(Object.keys(slice.catalog.notices)).toEqual(["z", "b", "a", "c"]);
    const active = await cache.active("t7", { types: ["paid"] });
    expect(active).toMatchObject({ version: 2, catalog: { brand: { name: "N" } } });
    expect(active?.catalog.notices.a).toBe(slice.catalog.notices.a);
    expect([...(active?.index.types.keys() ?? [])]).toEqual(["paid"]);
  });

  it("load what several ask for at once by one query, and what is there by none", async () => {
    const { database, asked } = countingDatabase(env.DB);
    const cache = catalogCacheOf(database, () => 0);
    const named = (name: string) => notice({ dedupe: { key: name, window: "PT1M" } });
    const names = Array.from({ length: 30 }, (_, at) => `n${at}`);
    await putInForce(env.DB, "t8", { notices: Object.fromEntries(names.map((name) => [name, named(name)])) });
    const all = await Promise.all(names.flatMap((name) => [name, name]).map((name) => cache.active("t8", { names: [name] })));
    expect(all.map((one) => Object.keys(one?.catalog.notices ?? {}))).toEqual(names.flatMap((name) => [[name], [name]]));
    expect(asked.statements).toHaveLength(3);
    await cache.active("t8", { names });
    await cache.version("t8", 1, { names });
    expect(asked.statements).toHaveLength(3);
  });

  it("write each notice once, long ones too, and read them as they were", async () => {
    const long = (units: number, text: string) => JSON.stringify({ text: text.repeat(units) });
    const notices = [
      long(600_000, "短"),
      long(1_000_000, "x"),
      long(200_000, '"'),
      ...Array.from({ length: 3_000 }, (_, at) => long(300, `${at}"`)),
    ].map((text, at) => ({ hash: `h${at}`, body: text }));
    const { database, asked } = countingDatabase(env.DB);
    await keepNotices(database, "t9", notices);
    expect(asked.statements.length).toBeLessThan(30);
    await keepNotices(database, "t9", [...notices, { hash: "h0", body: "other" }, { hash: "new", body: "{}" }]);
    const found = await findNotices(env.DB, "t9", [...notices.map(({ hash }) => hash), "new", "none"]);
    expect(found).toEqual(new Map([...notices, { hash: "new", body: "{}" }].map(({ hash, body: text }) => [hash, text])));
    expect(await findNotices(env.DB, "t1", ["h0"])).toEqual(new Map());
  });
});

describe("the migration of catalogs that stood whole in a row", () => {
  const OLD = {
    brand: { name: '鲸"落' },
    carriers: { main: { adapter: "twilio", base_url: "https://api.twilio.com", settings: { n: 1.5 }, balance_low: "1 USD" } },
    notices: {
      zeta: { ...notice(), on: ["x.paid", "y"], cancel: { on: ["x.gone"], key: "{{ data.id }}" } },
      "alpha.one": { ...notice(), templates: { sms: { en: 'He said "hi"\n你好' } } },
    },
  };

  it("keeps every version, the one in force, and the order of notices", async () => {
    const before = env.MIGRATIONS.findIndex(({ name }) => name.startsWith("0005"));
    const queries = env.MIGRATIONS[before]?.queries ?? [];
    await env.DB.batch(
      ["catalogs", "catalog_versions", "notices", "active_catalogs"]
        .map((table) => env.DB.prepare(`DROP TABLE ${table}`))
        .concat([
          env.DB.prepare(
            "CREATE TABLE catalogs (tenant TEXT, version INTEGER, body TEXT, created_at INTEGER, PRIMARY KEY (tenant, version)) WITHOUT ROWID",
          ),
          env.DB.prepare("CREATE TABLE active_catalogs (tenant TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID"),
          env.DB.prepare("INSERT INTO catalogs VALUES ('o', 1, '{\"notices\":{}}', 5), ('o', 2, ?1, 6), ('p', 1, ?1, 7)").bind(
            JSON.stringify(OLD),
          ),
          env.DB.prepare("INSERT INTO active_catalogs VALUES ('o', 2), ('p', 1)"),
        ]),
    );
    for (const query of queries) await env.DB.prepare(query).run();
    const cache = catalogCacheOf(env.DB, () => 0);
    const active = await cache.active("o", { names: ["alpha.one", "zeta"] });
    expect(active).toMatchObject({ version: 2, activation: 2, catalog: OLD });
    expect(Object.keys(active?.catalog.notices ?? {})).toEqual(["zeta", "alpha.one"]);
    expect([...(active?.index.types.keys() ?? [])]).toEqual(["x.paid", "y", "alpha.one", "x.gone"]);
    expect((await cache.version("o", 1)).catalog).toEqual({ notices: {} });
    expect(await cache.active("p", { types: ["y"] })).toMatchObject({
      version: 1,
      activation: 1,
      catalog: { notices: { zeta: OLD.notices.zeta } },
    });
    expect(parseManifest((await findManifest(env.DB, "o", 2)) ?? "").notices[1]).toEqual({
      name: "alpha.one",
      hash: "v2 alpha.one",
      class: "service",
    });
    expect(await listVersions(env.DB, "o", 3, 9)).toEqual([
      { version: 2, published_at: 6, published_by: "unknown", note: null, summary: null },
      { version: 1, published_at: 5, published_by: "unknown", note: null, summary: null },
    ]);
    // The Worker from before reads them until the new one is deployed.
    expect((await env.DB.prepare("SELECT * FROM catalogs").all()).results).toHaveLength(3);
  });
});
