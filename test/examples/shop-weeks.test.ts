import { describe, expect, it } from "vitest";
import { SHOP_FOLDER } from "../../examples/open-shop.ts";
import { readSimulation, runSimulation } from "../../src/accept/run-simulation.ts";
import { loadCatalog } from "../../src/cli-files.ts";
import { catalog as catalogShape } from "../../src/vocabulary/catalog.ts";

const catalog = catalogShape.parse(loadCatalog(SHOP_FOLDER).value);
const yes = { scope: "all", channel: "*", state: "in", at: "2026-01-01T00:00:00Z" };
const PERSON = { id: "u1", addresses: { sms: "+8613800138000" }, locale: "zh-CN", time_zone: "Asia/Shanghai", preferences: [yes] };

/** A time in Shanghai, a type and data. */
type Told = readonly [time: string, type: string, data: object];

function decide(shop: typeof catalog, events: readonly Told[]) {
  const posted = events.map(([time, type, data], at) => {
    return { id: `e${at}`, source: "/shop", type, time: `2026-${time.replace(" ", "T")}:00+08:00`, subject: "u1", data };
  });
  const read = readSimulation([PERSON], posted);
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return runSimulation(shop, read.value);
}

/** What is decided of these events: notice, step, and when in UTC or why not. */
function told(...events: readonly Told[]): string[] {
  return decide(catalog, events).map(({ notice, step, decision, reason, send_at = "" }) =>
    [notice, step, decision, reason, send_at.slice(5, 16).replace("T", " ")].filter(Boolean).join(" "),
  );
}

/** Cancels print nothing: whether a message is gone shows when all is refused and it does not depart. Of class `service`, all can be. */
function stillWaiting(...events: readonly Told[]): string[] {
  const notices = Object.entries(catalog.notices).map(([name, notice]) => [name, { ...notice, class: "service", caps: [] }]);
  const shop = catalogShape.parse({
    ...catalog,
    classes: { service: { quiet_hours: [], caps: [] } },
    notices: Object.fromEntries(notices),
  });
  const last = events.at(-1)?.[0] ?? "";
  const refused: Told = [last, "carillon.preference", { recipient: "u1", scope: "all", channel: "*", state: "out" }];
  return decide(shop, [...events, refused, ["12-31 12:00", "carillon.end", {}]])
    .filter((one) => one.at_release)
    .map(({ notice, step }) => [notice, step].filter(Boolean).join(" "));
}

describe("A person of the shop", () => {
  const bill = { bill_id: "B1", month: 11, amount: 1280.5, due_date: "2026-11-25" };
  const due: Told = ["11-20 08:00", "bill.due", bill];
  const deferred: Told = ["11-24 08:00", "bill.deferred", { ...bill, days: 3, due_date: "2026-11-28" }];
  const cart: Told = ["11-20 10:00", "cart.left", { item: "羊绒围巾", count: 3, total: 1299 }];
  const paid: Told = ["11-20 11:00", "order.paid", { order_id: "D1", amount: 1299, items: 3 }];
  const look = (time: string): Told => [time, "consignment.viewed", { item: "3287" }];
  const sold: Told = ["11-20 16:00", "consignment.sold", { item: "3287", price: 121_000, payout: 112_530, paid_by: "2026-11-30" }];

  it("hears of a bill three days before and on its day, and no more once it is paid or moved", () => {
    expect(told(due)).toEqual(["bill.due full defer 11-22 02:00", "bill.due today defer 11-25 01:00"]);
    expect(stillWaiting(due)).toEqual(["bill.due full", "bill.due today"]);
    expect(stillWaiting(due, ["11-21 08:00", "bill.paid", bill])).toEqual([]);
    expect(stillWaiting(due, ["11-21 08:00", "bill.paid", { ...bill, bill_id: "B2" }])).toEqual(["bill.due full", "bill.due today"]);
    expect(stillWaiting(due, deferred)).toEqual(["bill.deferred today"]);
    expect(stillWaiting(due, deferred, ["11-26 08:00", "bill.paid", bill])).toEqual([]);
  });

  it("is reminded of a cart until the order", () => {
    expect(told(cart)).toEqual(["cart.left soon defer 11-20 04:00", "cart.left last defer 11-21 11:30"]);
    expect(stillWaiting(cart)).toEqual(["cart.left soon", "cart.left last"]);
    expect(stillWaiting(cart, paid)).toEqual([]);
  });

  it("is told of goods that run out in one text, unless an order comes first", () => {
    const low = (time: string, item: string): Told => [time, "daily.running_low", { item }];
    const both = [low("11-20 09:30", "抽纸"), low("11-20 10:30", "猫粮")];
    expect(told(...both)).toEqual(["daily.running_low defer 11-20 03:30", "daily.running_low merge"]);
    expect(stillWaiting(...both)).toEqual(["daily.running_low"]);
    expect(stillWaiting(...both, paid)).toEqual([]);
  });

  it("hears of looks at an item once in hours, and not after it is sold", () => {
    const looks = ["11-20 10:00", "11-20 11:00", "11-20 13:00"].map(look);
    expect(told(...looks)).toEqual(["consignment.viewed defer 11-20 06:00", "consignment.viewed merge", "consignment.viewed merge"]);
    expect(stillWaiting(...looks, look("11-20 15:00"), sold)).toEqual([]);
  });

  it("is asked how it was once in a month", () => {
    const closed = (time: string, case_id: string): Told => [time, "aftersales.closed", { case_id }];
    expect(told(closed("11-01 10:00", "A1"), closed("11-20 10:00", "A2"), closed("12-10 10:00", "A3"))).toEqual([
      "aftersales.rating ask defer 11-03 11:00",
      "aftersales.rating ask suppress capped",
      "aftersales.rating ask defer 12-12 11:00",
    ]);
  });

  it("is not told of a few points that expire, nor of a price that hardly fell", () => {
    const points = (count: number): Told => ["11-20 10:00", "points.expiring", { points: count, until: "2026-11-30", worth: count / 100 }];
    const price = (saved: number): Told => ["11-20 10:00", "price.dropped", { item: "羊绒围巾", price: 429, saved, until: "2026-11-30" }];
    expect(told(points(499), price(9))).toEqual([]);
    expect(told(points(500), price(10))).toEqual(["points.expiring send 11-20 02:00", "price.dropped send 11-20 02:00"]);
  });

  it("sleeps through maintenance and hears in the morning that all works again", () => {
    expect(told(["11-20 04:00", "maintenance.done", { kept_until: "2026-11-20T12:00:00+08:00" }])).toEqual([
      "maintenance.done defer 11-20 00:00",
    ]);
  });
});
