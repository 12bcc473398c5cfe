import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { doubledNames } from "../../src/accept/doubled-names.ts";
import { pointerOf } from "../../src/support/issues.ts";

/** JSON as a tree whose objects may have a name twice. */
type Tree = { readonly leaf: string | number | null } | { readonly list: readonly Tree[] } | { readonly map: readonly [string, Tree][] };

const name = fc.oneof(fc.constantFrom("a", "b", "", '"', "\\", '{"a":', "0", "~/"), fc.string());
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(name, fc.integer(), fc.constant(null)).map((leaf) => ({ leaf })),
    fc.array(tie("tree"), { maxLength: 4 }).map((list) => ({ list })),
    fc.array(fc.tuple(name, tie("tree")), { maxLength: 5 }).map((map) => ({ map })),
  ),
}));

/** A string with each of its units escaped, or as it is usual. */
const quoted = (text: string, escaped: boolean): string =>
  escaped
    ? `"${[...Array(text.length).keys()].map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")}"`
    : JSON.stringify(text);

function written(one: Tree, blank: string, escaped: boolean): string {
  if ("leaf" in one) return typeof one.leaf === "string" ? quoted(one.leaf, escaped) : String(one.leaf);
  if ("list" in one) return `[${blank}${one.list.map((inner) => written(inner, blank, escaped)).join(`${blank},`)}]`;
  const pairs = one.map.map(([key, inner], at) => `${quoted(key, escaped !== (at % 2 === 1))}${blank}:${written(inner, blank, escaped)}`);
  return `{${pairs.join(`,${blank}`)}${blank}}`;
}

function doubledIn(one: Tree, path: readonly PropertyKey[]): string[] {
  if ("leaf" in one) return [];
  if ("list" in one) return one.list.flatMap((inner, at) => doubledIn(inner, [...path, at]));
  const names = one.map.map(([key]) => key);
  const own = new Set(names.filter((key, at) => names.indexOf(key) !== at));
  return [...[...own].map((key) => pointerOf([...path, key])), ...one.map.flatMap(([key, inner]) => doubledIn(inner, [...path, key]))];
}

describe("Names that stand twice in one object of JSON", () => {
  it("are found with their pointers, each once, however they are written, and nothing else is", () => {
    const blanks = fc.constantFrom("", " ", "\n\t");
    fc.assert(
      fc.property(tree, blanks, fc.boolean(), (one, blank, escaped) => {
        const text = written(one, blank, escaped);
        JSON.parse(text);
        const found = doubledNames(text);
        expect(found.map(({ pointer }) => pointer).sort()).toEqual(doubledIn(one, []).sort());
        expect(found.every(({ detail }) => detail === "stands twice; keep one")).toBe(true);
      }),
    );
  });

  it("are none of what JSON makes of any value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        expect(doubledNames(JSON.stringify(value, undefined, indent))).toEqual([]);
      }),
    );
  });

  it("are told of two hundred places at most, and not of what is nested deeper than any reader goes", () => {
    expect(doubledNames(`{"a":0${',"a":0'.repeat(1_000)}}`)).toEqual([{ pointer: "/a", detail: "stands twice; keep one" }]);
    const many = Array.from({ length: 1_000 }, (_, at) => `"${at}":0,"${at}":1`);
    expect(doubledNames(`{${many.join(",")}}`)).toHaveLength(200);
    expect(doubledNames(`${"[".repeat(100_000)}{"a":0,"a":1}${"]".repeat(100_000)}`)).toEqual([]);
  });
});
