import { describe, expect, it } from "vitest";
import { namesIn, scopesIn, warningsOf } from "../../src/accept/warn-unknown.ts";
import { indexOf } from "../../src/store/catalog-index.ts";
import type { ActiveCatalog } from "../../src/store/compiled-catalog.ts";

const listed = [
  { name: "sale.offer", hash: "1", class: "marketing" as const, on: ["sale.begins"] },
  { name: "order.paid", hash: "2", class: "transactional" as const, cancel_on: ["order.canceled"] },
];
const active: ActiveCatalog = { version: 1, activation: 1, catalog: { notices: {} }, index: indexOf(listed) };
const asked = { count: 0 };
const deps = {
  activeCatalog: async () => {
    asked.count++;
    return active;
  },
};

describe("Warnings about names that the catalog in force does not know", () => {
  it("point at each, and name the closest one where one is near", async () => {
    const scopes = ["sale.ofer", "order.paid", "all", "marketing", "marketting", "z.0000"];
    const preferences = scopes.map((scope) => ({ scope }));
    expect(await warningsOf(scopesIn(preferences), "shop", deps)).toEqual({
      warnings: [
        { pointer: "/preferences/0/scope", detail: "is no class and no notice of the catalog in force; the closest one is sale.offer" },
        { pointer: "/preferences/4/scope", detail: "is no class and no notice of the catalog in force; the closest one is marketing" },
        { pointer: "/preferences/5/scope", detail: "is no class and no notice of the catalog in force" },
      ],
    });
    const limits = [...namesIn("notices", ["order.payed"]), ...namesIn("event_types", ["order.cancelled", "sale.*", "bill.*"], "types")];
    expect(await warningsOf(limits, "shop", deps)).toEqual({
      warnings: [
        { pointer: "/notices/0", detail: "is no notice of the catalog in force; the closest one is order.paid" },
        { pointer: "/event_types/0", detail: "is no event type of the catalog in force; the closest one is order.canceled" },
        { pointer: "/event_types/2", detail: "is no event type of the catalog in force" },
      ],
    });
  });

  it("are none where all is known, where there is no catalog, and where it cannot be read: nothing fails for them", async () => {
    const given = scopesIn([{ scope: "nobody.knows" }]);
    expect(await warningsOf(scopesIn([{ scope: "sale.offer" }]), "shop", deps)).toEqual({});
    expect(await warningsOf(given, "shop", { activeCatalog: async () => undefined })).toEqual({});
    expect(await warningsOf(given, "shop", { activeCatalog: () => Promise.reject(new Error("D1 is away")) })).toEqual({});
  });

  it("ask for no catalog where nothing is named", async () => {
    const before = asked.count;
    await warningsOf([...scopesIn([{ scope: "all" }]), ...scopesIn(), ...namesIn("notices")], "shop", deps);
    expect(asked.count).toBe(before);
  });
});
