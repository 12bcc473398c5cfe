import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { type Audit, auditOf } from "../../src/store/audit.ts";
import { auditRowsAfter, chainHash, readHead } from "../../src/store/audit-chain.ts";
import { type NamingKey, namingKeyOf } from "../../src/support/hashing.ts";
import type { AuditEntry } from "../../src/vocabulary/audit.ts";

const entry = (target: string): AuditEntry => ({ actor: "key:k1", action: "pause.set", target, detail: { n: 1, names: ["a", "b"] } });

let naming: NamingKey;
/** As isolates are: each with turns of its own, all over one database. */
let audits: Audit[];
beforeAll(async () => {
  naming = await namingKeyOf(new Uint8Array(32).fill(1));
  audits = Array.from({ length: 4 }, () => auditOf(env.DB, naming, () => 1000));
});

async function expectWholeChain(tenant: string, length: number): Promise<readonly string[]> {
  const rows = await auditRowsAfter(env.DB, tenant, 0, 1000);
  expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length }, (_, at) => at + 1));
  let before = "";
  for (const { hash, ...row } of rows) {
    expect(hash).toBe(await chainHash(naming, tenant, before, row));
    before = hash;
  }
  expect(await readHead(env.DB, tenant)).toMatchObject({ seq: length, hash: before });
  return rows.map(({ target }) => target);
}

describe("The audit", () => {
  it("keeps every entry once and chains them, however many write at once from however many isolates", async () => {
    await Promise.all(Array.from({ length: 60 }, (_, at) => audits[at % audits.length]?.append("crowd", [entry(`e${at}`)])));
    const targets = await expectWholeChain("crowd", 60);
    expect(new Set(targets).size).toBe(60);
  });

  it("makes a change with its entry or not at all, and asks again what to do where another came between", async () => {
    const insert = (name: string) =>
      env.DB.prepare("INSERT INTO pauses (tenant, kind, name, since) VALUES ('locked', 'notice', ?, 0)").bind(name);
    const count = async () => Number((await env.DB.prepare("SELECT COUNT(*) AS n FROM pauses WHERE tenant = 'locked'").first())?.n);
    const changes = Array.from({ length: 20 }, (_, at) =>
      audits[at % audits.length]?.change("locked", async () => {
        const n = await count();
        return { entries: [entry(`after ${n}`)], statements: [insert(`n${n}`)], answer: n };
      }),
    );
    expect((await Promise.all(changes)).toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 20 }, (_, at) => at));
    expect(await expectWholeChain("locked", 20)).toEqual(Array.from({ length: 20 }, (_, at) => `after ${at}`));
    await expect(
      audits[0]?.change("locked", async () => ({ entries: [entry("twice")], statements: [insert("n0")], answer: 0 })),
    ).rejects.toThrow("UNIQUE");
    await expectWholeChain("locked", 20);
  });

  /** A database where something is done before each batch. */
  const whileWriting = (work: () => Promise<unknown>): D1Database =>
    new Proxy(env.DB, {
      get(target, name) {
        if (name === "batch") return (statements: D1PreparedStatement[]) => work().then(() => target.batch(statements));
        const own: unknown = Reflect.get(target, name);
        return typeof own === "function" ? own.bind(target) : own;
      },
    });

  it.each([
    [1, "only append", false],
    [2, "change too", true],
  ])("asks %i times what to change where others %s in between, a dozen times in a row", async (times, _, changes) => {
    const tenant = `between-${times}`;
    let came = 0;
    const busy = whileWriting(async () => {
      if (++came > 12) return;
      const one = { entries: [entry(`other ${came}`)], statements: [], answer: 0 };
      if (changes && came === 3) await audits[1]?.change(tenant, async () => one);
      else await audits[1]?.append(tenant, one.entries);
    });
    let asked = 0;
    const own = auditOf(busy, naming, () => 1000).change(tenant, async () => {
      asked++;
      return { entries: [entry("own")], statements: [], answer: "done" };
    });
    expect(await own).toBe("done");
    expect(asked).toBe(times);
    expect((await expectWholeChain(tenant, 13)).at(-1)).toBe("own");
    expect(await readHead(env.DB, tenant)).toMatchObject({ changes: times });
  });

  /** An audit whose first write never comes back, as that of a request that is gone. */
  const afterOneThatNeverEnds = () => {
    let calls = 0;
    const busy = whileWriting(async () => (++calls === 1 ? new Promise<never>(() => {}) : undefined));
    return { audit: auditOf(busy, naming, () => 1000), calls: () => calls };
  };

  it("goes on where a request that was cancelled never ends, and loses nothing of those who joined it", async () => {
    const { audit, calls } = afterOneThatNeverEnds();
    void audit.append("gone", [entry("first")]);
    await expect.poll(calls).toBe(1);
    const joined = [audit.append("gone", [entry("a")]), audit.append("gone", [entry("b")])];
    const change = audit.change("gone", async () => ({ entries: [entry("c")], statements: [], answer: 1 }));
    await Promise.all([...joined, change]);
    expect((await expectWholeChain("gone", 3)).toSorted()).toEqual(["a", "b", "c"]);
  }, 20_000);

  it("is not lost with the request that was to write it", async () => {
    const { audit } = afterOneThatNeverEnds();
    void audit.append("joined", [entry("leads")]);
    await audit.append("joined", [entry("joins")]);
    expect(await expectWholeChain("joined", 1)).toEqual(["joins"]);
  }, 20_000);

  it("takes more at once than one value may hold", async () => {
    const names = Array.from({ length: 100 }, (_, at) => `${at}`.padStart(24, "鲸"));
    const all = Array.from({ length: 1000 }, (_, at) => ({ ...entry(`e${at}`), detail: { names } }));
    await audits[0]?.append("large", all);
    expect(await expectWholeChain("large", 1000)).toHaveLength(1000);
  });

  it("writes nothing for a change that is none", async () => {
    expect(await audits[0]?.change("still", async () => ({ entries: [], statements: [], answer: "no" }))).toBe("no");
    await expectWholeChain("still", 0);
  });
});
