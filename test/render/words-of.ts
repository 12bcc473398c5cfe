import type { Reader, Told } from "../../src/render/render-message.ts";
import { renderMessage, type Wanted } from "../../src/render/render-message.ts";
import { type Catalog, catalog } from "../../src/vocabulary/catalog.ts";

const TOLD: Told = {
  event: { id: "e1", source: "/shop", type: "order.paid", time: "2026-03-01T20:00:00Z", subject: "u1", extensions: { region: "eu" } },
  merged: [],
};
const READER: Reader = { id: "u1", tags: ["vip"] };

export interface Telling {
  readonly data?: unknown;
  readonly merged?: readonly unknown[];
  readonly event?: Partial<Told["event"]>;
  readonly reader?: Partial<Reader>;
  readonly wanted?: Partial<Wanted>;
  /** Of the notice, and of the catalog. */
  readonly notice?: object;
  readonly catalog?: object;
}

export const NOTICE = "order.paid";

/** A catalog with one notice, as publishing parses it. */
export function catalogOf(templates: unknown, { notice, catalog: more }: Pick<Telling, "notice" | "catalog"> = {}): Catalog {
  return catalog.parse({
    defaults: { locale: "zh-CN" },
    ...more,
    notices: { [NOTICE]: { class: "transactional", channels: ["sms"], templates, ...notice } },
  });
}

/** What somebody gets by these templates. */
export function wordsOf(templates: unknown, telling: Telling = {}) {
  const { data = { name: "李雷" }, merged = [], event, reader, wanted } = telling;
  return renderMessage(
    catalogOf(templates, telling),
    { notice: NOTICE, channel: "sms", ...wanted },
    { event: { ...TOLD.event, data, ...event }, merged },
    { ...READER, ...reader },
  );
}

export const smsOf = (template: unknown, telling: Telling = {}) => wordsOf({ sms: template }, telling);

/** A number of mainland China. */
export const CHINA = { country: "CN" } as const;
