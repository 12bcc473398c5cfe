import { listedOf } from "../../src/accept/prepare-version.ts";
import { indexOf } from "../../src/store/catalog-index.ts";
import type { ActiveCatalog } from "../../src/store/compiled-catalog.ts";
import type { Catalog } from "../../src/vocabulary/catalog.ts";

/** A catalog in force with all its notices at hand. */
export function activeOf(catalog: Catalog, version = 3): ActiveCatalog {
  const listed = Object.entries(catalog.notices).map(([name, notice]) => listedOf(name, `hash of ${name}`, notice));
  return { version, activation: version, catalog, index: indexOf(listed) };
}
