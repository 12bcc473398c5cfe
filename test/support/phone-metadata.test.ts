import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isSupportedCountry, type PhoneNumber, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { parsePhoneNumber } from "../../src/support/phone-numbers.ts";

const FULL = join(import.meta.dirname, "../../node_modules/libphonenumber-js/metadata.min.json");
const metadata = z.looseObject({
  countries: z.record(z.string(), z.array(z.unknown())),
  nonGeographic: z.record(z.string(), z.array(z.unknown())),
});
/** Where a country's ways to write its numbers stand: four tenths of all that there is, and nothing here writes numbers so. */
const FORMATS_AT = 4;

function withoutFormats(countries: Record<string, unknown[]>): Record<string, unknown[]> {
  return Object.fromEntries(
    Object.entries(countries).map(([name, country]) => [name, country.length > FORMATS_AT ? country.with(FORMATS_AT, 0) : country]),
  );
}

describe("What is known of phone numbers", () => {
  const full = metadata.parse(JSON.parse(readFileSync(FULL, "utf8")));

  // `-u` writes the file, after an update of the library.
  it("is the library's own, without the ways to write them", async () => {
    const kept = { ...full, countries: withoutFormats(full.countries), nonGeographic: withoutFormats(full.nonGeographic) };
    const source = `import type { MetadataJson } from "libphonenumber-js/core";

/** What \`libphonenumber-js/min\` knows of numbers, without the ways to write them. Made by test/support/phone-metadata.test.ts. */
export const phoneMetadata: MetadataJson = JSON.parse(
  String.raw\`${JSON.stringify(kept)}\`,
);
`;
    await expect(source).toMatchFileSnapshot("../../src/support/phone-metadata.ts");
  });

  it("reads numbers of every country as the library does", () => {
    const seen = (number: PhoneNumber | undefined) => number && [number.number, number.country, number.isPossible(), number.isValid()];
    const countries = Object.keys(full.countries).filter((country) => isSupportedCountry(country));
    expect(countries.length).toBeGreaterThan(200);
    for (const country of countries)
      for (const national of ["13800138000", "2025550123", "0612345678", "7400123456", "91234567", "5551234"]) {
        const theirs = parsePhoneNumberFromString(national, { defaultCountry: country, extract: false });
        expect(seen(parsePhoneNumber(national, country)), `${country} ${national}`).toEqual(seen(theirs));
      }
  });
});
