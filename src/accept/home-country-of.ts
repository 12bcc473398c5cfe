import type { CompiledCatalog } from "../store/compiled-catalog.ts";

export interface CountryDeps {
  readonly activeCatalog: (tenant: string) => Promise<CompiledCatalog | undefined>;
}

/** Of which country numbers are that name none: what the catalog in force says. */
export async function homeCountryOf(tenant: string, { activeCatalog }: CountryDeps): Promise<string | undefined> {
  return (await activeCatalog(tenant))?.catalog.defaults?.country;
}
