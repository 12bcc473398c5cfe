import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { type Audit, auditOf, auditRowsAfter, chainHash, readHead } from "../../src/store/audit.ts";
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
  expect(await readHead(env.DB, tenant)).toEqual({ seq: length, hash: before });
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

  it("writes nothing for a change that is none", async () => {
    expect(await audits[0]?.change("still", async () => ({ entries: [], statements: [], answer: "no" }))).toBe("no");
    await expectWholeChain("still", 0);
  });
});
