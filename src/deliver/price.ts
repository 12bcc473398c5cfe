import type { CatalogCarrier } from "../vocabulary/catalog.ts";

/** What one segment costs, in millionths of the currency's unit: a catalog's price has at most six decimals. */
export interface Price {
  readonly micros: bigint;
  readonly currency: string;
}

type PriceList = CatalogCarrier["price"];

const DECIMALS = 6;
const MICROS = 10n ** BigInt(DECIMALS);
const PRICE = /^(\d+)(?:\.(\d{1,6}))? ([A-Z]{3})$/;

/** The price for numbers of a country, else that of `*`; undefined where the catalog gives neither. */
export function priceOf(price: PriceList, country: string | undefined): Price | undefined {
  const text = (country === undefined ? undefined : price?.[country]) ?? price?.["*"];
  const [, whole, decimals = "", currency] = PRICE.exec(text ?? "") ?? [];
  if (whole === undefined || currency === undefined) return undefined;
  return { micros: BigInt(whole) * MICROS + BigInt(decimals.padEnd(DECIMALS, "0")), currency };
}

/** What a message of so many segments (a whole number) costs, exactly, such as `0.09 CNY`; undefined without a price. */
export function costOf(price: PriceList, country: string | undefined, segments: number): string | undefined {
  const each = priceOf(price, country);
  if (!each) return undefined;
  const total = each.micros * BigInt(segments);
  const decimals = String(total % MICROS)
    .padStart(DECIMALS, "0")
    .replace(/0+$/, "");
  return `${total / MICROS}${decimals === "" ? "" : `.${decimals}`} ${each.currency}`;
}
