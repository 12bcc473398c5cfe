import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChainFault, type HashOf, verifyChain } from "../../src/accept/verify-chain.ts";
import { hashOfRow } from "../../src/store/audit-chain.ts";
import type { ChainEnd, ChainPage, ChainRow } from "../../src/store/audit-pages.ts";
import { namingKeyOf } from "../../src/support/hashing.ts";

const NAMING = await namingKeyOf(new Uint8Array(32).fill(1));
const hashOf: HashOf = (before, row) => hashOfRow(NAMING, "shop", before, row);

interface Chain {
  readonly rows: readonly ChainRow[];
  readonly head: ChainEnd | undefined;
}

const content = fc.record({
  at: fc.integer({ min: 0, max: 3 }).map(String),
  actor: fc.constantFrom("root", "key:k1", "key:k2"),
  action: fc.constantFrom("pause.set", "pause.lift"),
  target: fc.string({ maxLength: 4 }),
  detail: fc.constantFrom("{}", '{"n":1}'),
});
type Content = Omit<ChainRow, "seq" | "hash">;

async function chainOf(contents: readonly Content[]): Promise<Chain> {
  const rows: ChainRow[] = [];
  for (const [index, one] of contents.entries()) {
    const row = { ...one, seq: index + 1, hash: "" };
    rows.push({ ...row, hash: await hashOf(rows.at(-1)?.hash ?? "", row) });
  }
  return { rows, head: rows.at(-1) };
}

/** As the database gives it. */
function pageOf({ rows, head }: Chain, after: number, limit: number, noted = 0): ChainPage {
  const ordered = rows.toSorted((a, b) => a.seq - b.seq);
  const following = ordered.filter(({ seq }) => seq > after);
  return {
    before: rows.find(({ seq }) => seq === after),
    rows: following.slice(0, limit),
    more: following.length > limit,
    head,
    noted: rows.find(({ seq }) => seq === noted),
  };
}

/** The whole walk, page by page. */
async function verdictOf(chain: Chain, limit: number, expected?: ChainEnd): Promise<ChainFault | { ok: true; rows: number }> {
  let rows = 0;
  for (let after = 0; ; ) {
    const page = pageOf(chain, after, limit, expected?.seq);
    const verdict = await verifyChain(after, page, expected, hashOf);
    if (!verdict.ok) return verdict;
    rows += verdict.rows;
    if (!page.more) return { ok: true, rows };
    after = verdict.through;
  }
}

const renumbered = (rows: readonly ChainRow[]): ChainRow[] => rows.map((row, index) => ({ ...row, seq: index + 1 }));
const some = fc.nat(1_000);

/** What somebody does who can write to the database and has no key. */
const tampering = fc.oneof(
  fc.record({
    how: fc.constant("change"),
    at: some,
    field: fc.constantFrom("at", "actor", "action", "target", "detail", "hash", "seq"),
  }),
  fc.record({ how: fc.constantFrom("remove", "remove and renumber", "copy to the end", "cut and keep the head"), at: some }),
  fc.record({ how: fc.constantFrom("swap", "swap but the hashes", "move", "insert a copy"), at: some, to: some }),
  fc.record({ how: fc.constantFrom("head back", "head on", "head's hash", "no head"), at: some }),
);
type Tampering = typeof tampering extends fc.Arbitrary<infer Value> ? Value : never;

function tampered({ rows, head }: Chain, what: Tampering): Chain {
  const at = what.at % rows.length;
  const to = "to" in what ? what.to % rows.length : 0;
  const row = rows[at];
  const other = rows[to];
  if (!row || !other || !head) throw new Error("the chain is empty");
  switch (what.how) {
    case "change": {
      const field = "field" in what ? what.field : "at";
      return { rows: rows.with(at, { ...row, [field]: field === "seq" ? row.seq + 0.5 : `${row[field]}0` }), head };
    }
    case "remove":
      return { rows: rows.toSpliced(at, 1), head };
    case "cut and keep the head":
      return { rows: rows.slice(0, at), head };
    case "remove and renumber":
      return { rows: renumbered(rows.toSpliced(at, 1)), head };
    case "copy to the end":
      return { rows: [...rows, { ...row, seq: rows.length + 1 }], head: { ...head, seq: rows.length + 1, hash: row.hash } };
    case "insert a copy": {
      const more = renumbered(rows.toSpliced(to, 0, row));
      return { rows: more, head: more.at(-1) };
    }
    case "move": {
      const moved = renumbered(rows.toSpliced(at, 1).toSpliced(to, 0, row));
      return { rows: moved, head: moved.at(-1) };
    }
    case "swap":
      return { rows: rows.with(at, { ...other, seq: row.seq }).with(to, { ...row, seq: other.seq }), head };
    case "swap but the hashes":
      return {
        rows: rows.with(at, { ...other, seq: row.seq, hash: row.hash }).with(to, { ...row, seq: other.seq, hash: other.hash }),
        head,
      };
    case "head back":
      return { rows, head: at === 0 ? { seq: 0, hash: "" } : { seq: at, hash: rows[at - 1]?.hash ?? "" } };
    case "head on":
      return { rows, head: { ...head, seq: head.seq + 1 + at } };
    case "head's hash":
      return { rows, head: { ...head, hash: rows.length > 1 && at > 0 ? (rows[at - 1]?.hash ?? "") : "x" } };
    default:
      return { rows, head: undefined };
  }
}

const RUNS = { numRuns: process.env.SOAK ? 5_000 : 500 };
const contents = fc.array(content, { minLength: 1, maxLength: 9 });
const pages = fc.integer({ min: 1, max: 12 });

describe("A chain", () => {
  it("is sound as it was written, in pages of any size, also against any head of its past", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(content, { maxLength: 9 }), pages, some, async (written, limit, at) => {
        const chain = await chainOf(written);
        const noted = chain.rows[at % (chain.rows.length + 1)] ?? { seq: 0, hash: "" };
        expect(await verdictOf(chain, limit, noted)).toEqual({ ok: true, rows: written.length });
      }),
      RUNS,
    );
  });

  it("shows any one row that was changed, removed, moved or added, and any other head", async () => {
    await fc.assert(
      fc.asyncProperty(contents, tampering, pages, async (written, what, limit) => {
        const chain = await chainOf(written);
        const after = tampered(chain, what);
        fc.pre(JSON.stringify(after) !== JSON.stringify(chain));
        expect(await verdictOf(after, limit)).toMatchObject({ ok: false });
      }),
      RUNS,
    );
  });

  it("shows a tail that was dropped together with the head only to who noted the head", async () => {
    const chain = await chainOf(fc.sample(content, 5));
    const cut = { rows: chain.rows.slice(0, 3), head: chain.rows[2] };
    expect(await verdictOf(cut, 2)).toEqual({ ok: true, rows: 3 });
    expect(await verdictOf(cut, 2, chain.head)).toMatchObject({ ok: false, at: 5, what: "missing" });
    const another = await chainOf(fc.sample(content, 5).map((one) => ({ ...one, at: "9" })));
    expect(await verdictOf(another, 2, chain.head)).toMatchObject({ ok: false, at: 5, what: "changed" });
  });
});

describe("What is told of a chain", () => {
  const written = Array.from({ length: 6 }, (_, at) => ({ at: "1", actor: "root", action: "recover", target: `t${at}`, detail: "{}" }));

  it("is the place and the kind", async () => {
    const chain = await chainOf(written);
    const verdict = (how: Tampering) => verdictOf(tampered(chain, how), 100);
    for (const at of [0, 2, 5]) {
      expect(await verdict({ how: "remove", at })).toMatchObject({ at: at + 1, what: "missing" });
      expect(await verdict({ how: "change", at, field: "target" })).toMatchObject({ at: at + 1, what: "changed" });
    }
    for (const [at, to] of [
      [0, 1],
      [2, 3],
      [0, 5],
      [4, 1],
    ] as const)
      expect(await verdict({ how: "swap", at, to })).toMatchObject({ at: Math.min(at, to) + 1, what: "moved" });
    expect(await verdict({ how: "copy to the end", at: 2 })).toMatchObject({ at: 7, what: "moved" });
    expect(await verdict({ how: "insert a copy", at: 4, to: 1 })).toMatchObject({ at: 2, what: "moved" });
    expect(await verdict({ how: "no head", at: 0 })).toMatchObject({ at: 6, what: "missing" });
  });

  it("does not go on from a place where there is nothing", async () => {
    const chain = await chainOf(written);
    expect(await verifyChain(9, pageOf(chain, 9, 10), undefined, hashOf)).toMatchObject({ ok: false, at: 9, what: "missing" });
  });
});
