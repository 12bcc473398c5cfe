import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { resealRows, SEALED_COLUMNS } from "../../src/store/sealed-columns.ts";
import { resealerOf } from "../../src/support/reseal-texts.ts";
import { contextOf, type Sealer, sealerOf, sealingKeysOf } from "../../src/support/sealing.ts";

const K1 = ["k1", new Uint8Array(32).fill(1)] as const;
const K2 = ["k2", new Uint8Array(32).fill(2)] as const;
const reseal = resealerOf([K2, K1]);

let old: Sealer;
let current: Sealer;
beforeAll(async () => {
  old = sealerOf(await sealingKeysOf([K1]));
  current = sealerOf(await sealingKeysOf([K2]));
});

/** A row of a table with every column that must not be empty, its key made of `at`, and this sealed text. */
async function insert(
  table: string,
  key: readonly string[],
  column: string,
  tenant: string,
  at: number,
  text: string | null,
): Promise<void> {
  const { results } = await env.DB.prepare(`SELECT name, type, "notnull" AS needed FROM pragma_table_info('${table}')`).all();
  const values = results.flatMap(({ name, type, needed }): [string, string | number | null][] => {
    if (name === "tenant") return [["tenant", tenant]];
    if (name === column) return [[column, text]];
    if (key.includes(String(name))) return [[String(name), `${name} "${String(at).padStart(3, "0")}"`]];
    return needed === 1 ? [[String(name), type === "INTEGER" ? 1 : "x"]] : [];
  });
  const names = values.map(([name]) => name).join(", ");
  const marks = values.map(() => "?").join(", ");
  await env.DB.prepare(`INSERT INTO ${table} (${names}) VALUES (${marks})`)
    .bind(...values.map(([, value]) => value))
    .run();
}

/** Remembers the longest text that is bound. */
function measuring(database: D1Database, longest: { bytes: number }): D1Database {
  const prepare = (sql: string) => {
    const statement = database.prepare(sql);
    const bind = (...values: unknown[]) => {
      for (const value of values) longest.bytes = Math.max(longest.bytes, new TextEncoder().encode(String(value)).byteLength);
      return statement.bind(...values);
    };
    return new Proxy(statement, { get: (target, name) => (name === "bind" ? bind : Reflect.get(target, name)) });
  };
  return new Proxy(database, { get: (target, name) => (name === "prepare" ? prepare : Reflect.get(target, name)) });
}

describe.each(SEALED_COLUMNS)("The column $table.$column", (sealed) => {
  const { table, column, key } = sealed;
  const isRequired = column !== "ip" && column !== "address";

  it("is sealed anew page by page, of one tenant, and what is empty stays so", async () => {
    const context = contextOf("shop", "recipient");
    for (let at = 0; at < 25; at++) await insert(table, key, column, "shop", at, `{"id":"${await old.seal(`p${at}`, context)}"}`);
    if (!isRequired) await insert(table, key, column, "shop", 99, null);
    const others = await old.seal("x", contextOf("other", "recipient"));
    await insert(table, key, column, "other", 0, others);
    let [pages, changed] = [0, 0];
    for (let after: string | undefined = ""; after !== undefined; pages++) {
      const page: Awaited<ReturnType<typeof resealRows>> = await resealRows(env.DB, "shop", sealed, after, 10, reseal);
      changed += page.changed;
      expect(page.unreadable).toBe(0);
      after = page.next;
    }
    expect({ pages, changed }).toEqual({ pages: 3, changed: 25 });
    const { results } = await env.DB.prepare(
      `SELECT ${column} AS text FROM ${table} WHERE tenant = 'shop' AND ${column} IS NOT NULL`,
    ).all();
    const texts = results.map(({ text }) => String(text).match(/"(k2[^"]+)"/)?.[1] ?? "");
    expect(new Set(await Promise.all(texts.map((text) => current.open(text, context)))).size).toBe(25);
    const other = await env.DB.prepare(`SELECT ${column} AS text FROM ${table} WHERE tenant = 'other'`).first();
    expect(other?.text).toBe(others);
    expect(await resealRows(env.DB, "shop", sealed, "", 100, reseal)).toMatchObject({ changed: 0, next: undefined });
  });

  it("is sealed anew however long its texts are, a few at a time, and no statement has more than D1 takes", async () => {
    const context = contextOf("long", "recipient");
    const text = `{"id":"${await old.seal("p", context)}","x":"${"鲸".repeat(90_000)}"}`;
    for (let at = 0; at < 30; at++) await insert(table, key, column, "long", at, text);
    const longest = { bytes: 0 };
    const database = measuring(env.DB, longest);
    let [pages, changed] = [0, 0];
    for (let after: string | undefined = ""; after !== undefined; pages++) {
      const page: Awaited<ReturnType<typeof resealRows>> = await resealRows(database, "long", sealed, after, 500, reseal);
      changed += page.changed;
      after = page.next;
    }
    expect({ pages, changed }).toEqual({ pages: 2, changed: 30 });
    expect(longest.bytes).toBeLessThan(1_000_000);
  });

  it("keeps what was written while it was sealed anew", async () => {
    await insert(table, key, column, "racing", 1, await old.seal("before", contextOf("racing", "address")));
    const meanwhile = await current.seal("after", contextOf("racing", "address"));
    const racing: typeof reseal = (text, tenant) => {
      void env.DB.prepare(`UPDATE ${table} SET ${column} = ? WHERE tenant = 'racing'`).bind(meanwhile).run();
      return reseal(text, tenant);
    };
    await resealRows(env.DB, "racing", sealed, "", 10, racing);
    expect(await env.DB.prepare(`SELECT ${column} AS text FROM ${table} WHERE tenant = 'racing'`).first()).toEqual({ text: meanwhile });
  });
});
