import { type Reader, renderMessage, type Told, type Wanted } from "../../src/render/render-message.ts";
import { isoOf } from "../../src/support/clock.ts";
import { catalog as catalogSchema } from "../../src/vocabulary/catalog.ts";
import { event as eventSchema } from "../../src/vocabulary/event.ts";

/**
 * Whole messages a second, on one core, from event and reader to signed and counted words: the order that was shipped, in Chinese and in
 * English, for readers in four zones and orders that are all different. Rounds are timed one by one: on a busy machine the best says what
 * the code costs, the median what the machine had left. `node test/render/render.bench.ts`
 */
const ROUNDS = Number(process.env.CARILLON_BENCH_ROUNDS ?? 11);
const PER_ROUND = 20_000;
const START_MS = Date.parse("2026-03-01T08:00:00Z");
const ZONES = ["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe"];
const BUDGET = 20_000;

const catalog = catalogSchema.parse({
  brand: { name: "鲸落商城", signatures: { en: "Whalefall: " } },
  defaults: { locale: "zh-CN", time_zone: "Asia/Shanghai", country: "CN", currency: "CNY" },
  notices: {
    "order.shipped": {
      class: "transactional",
      channels: ["sms"],
      data: {
        order_id: { type: "string", max: 16, charset: "alphanumeric" },
        tracking: { type: "string", max: 16, charset: "alphanumeric" },
        eta: "date",
        amount: { type: "number", min: 0, max: 999_999, decimals: 2 },
      },
      templates: {
        sms: {
          segments: 1,
          "zh-CN": '订单{{ data.order_id }}已发出，运单{{ data.tracking }}，预计{{ data.eta | local_date: "month_day" }}送达。',
          en: 'Order {{ data.order_id }} has shipped, tracking {{ data.tracking }}, arriving {{ data.eta | local_date: "month_day" }}.',
        },
      },
    },
    "order.paid": {
      class: "transactional",
      channels: ["sms"],
      templates: {
        sms: {
          "zh-CN": '订单{{ data.order_id }}已付款{{ data.amount | money }}，预计{{ data.eta | date: "%m月%d日" }}送达。',
          en: 'Order {{ data.order_id }}: {{ data.amount | money }} paid, arriving {{ data.eta | date: "%b %-d" }}.',
        },
      },
    },
  },
});

for (const [what, notice, locale, country] of [
  ["order shipped, zh-CN", "order.shipped", "zh-CN", "CN"],
  ["order shipped, en", "order.shipped", "en-US", "US"],
  ["order paid with money and strftime, zh-CN", "order.paid", "zh-CN", "CN"],
  ["order paid with money and strftime, en", "order.paid", "en-US", "US"],
] as const) {
  const { best, median, text } = measured({ notice, channel: "sms", country }, locale);
  console.log(`${what}: ${best} renders a second at best, ${median} in the median round (at least ${BUDGET} are asked); ${text}`);
}

function measured(wanted: Wanted, locale: string): { readonly best: number; readonly median: number; readonly text: string } {
  let text = "";
  const rounds = Array.from({ length: ROUNDS }, (_, round) => {
    const told = Array.from({ length: PER_ROUND }, (_, at) => toldOf(round * PER_ROUND + at));
    const began = process.hrtime.bigint();
    for (const [at, one] of told.entries()) text = wordsOf(wanted, one, readerOf(at, locale));
    return Math.round((PER_ROUND * 1e9) / Number(process.hrtime.bigint() - began));
  }).sort((a, b) => b - a);
  return { best: rounds[0] ?? 0, median: rounds[ROUNDS >> 1] ?? 0, text };
}

function wordsOf(wanted: Wanted, told: Told, reader: Reader): string {
  const words = renderMessage(catalog, wanted, told, reader);
  if (words.kind !== "words") throw new Error(words.why);
  return words.text;
}

function toldOf(at: number): Told {
  const given = {
    id: `e${at}`,
    source: "/shop",
    type: "order.shipped",
    time: isoOf(START_MS + at * 1_000),
    subject: `u${at}`,
    data: { order_id: `D${10_000_000 + at}`, tracking: `SF${1_000_000_000 + at}`, eta: isoOf(START_MS + at * 600_000), amount: at / 100 },
    extensions: {},
  };
  return { event: eventSchema.parse(given), merged: [] };
}

function readerOf(at: number, locale: string): Reader {
  return { id: `u${at}`, locale, time_zone: ZONES[at % ZONES.length] ?? "UTC", tags: [] };
}
