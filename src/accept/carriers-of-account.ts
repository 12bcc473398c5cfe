import type { Catalog } from "../vocabulary/catalog.ts";

/**
 * The other carriers of a catalog that are the same account at the same vendor: same adapter, address and secrets. An account may stand
 * there more than once, such as for channels whose templates differ, and reports to one address.
 */
export function carriersOfAccount(catalog: Catalog | undefined, name: string): string[] {
  const own = catalog?.carriers && Object.hasOwn(catalog.carriers, name) ? catalog.carriers[name] : undefined;
  if (!own) return [];
  const account = ({ adapter, base_url, secrets = {} }: typeof own): string =>
    JSON.stringify([adapter, base_url, Object.entries(secrets).sort(([a], [b]) => (a < b ? -1 : 1))]);
  return Object.entries(catalog?.carriers ?? {}).flatMap(([other, carrier]) =>
    other !== name && account(carrier) === account(own) ? [other] : [],
  );
}
