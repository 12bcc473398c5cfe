import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCatalog } from "../../src/accept/check-catalog.ts";
import { goodCatalogWith } from "./good-catalog.ts";

const deps = { carrierHosts: [], hasSecret: () => true };

function pointersIn(catalog: unknown): string[] {
  return readCatalog(catalog, "shop", deps)
    .issues.map(({ pointer }) => pointer)
    .sort();
}

/** Something that is wrong whatever else is, and where it is told. */
interface Fault {
  readonly changes: Readonly<Record<string, unknown>>;
  readonly at: readonly string[];
}

const PAID = "/notices/order.paid";
const MAIN = "/carriers/main";
const fault = (pointer: string, value: unknown, ...at: readonly string[]): Fault => ({
  changes: { [pointer]: value },
  at: at.length > 0 ? at.map((step) => pointer + step) : [pointer],
});

/** No two of these touch the same place: malformed members and senseless ones, of one notice, one carrier, one route and the settings. */
const FAULTS: readonly Fault[] = [
  fault(`${PAID}/class`, "urgent"),
  fault(`${PAID}/ttl`, "soon"),
  fault(`${PAID}/channels`, ["sms", "fax", "sms"], "/1", "/2"),
  fault(`${PAID}/on`, ["", "carillon.x"], "/0", "/1"),
  fault(`${PAID}/to`, 5),
  fault(`${PAID}/when`, "data.a >"),
  fault(`${PAID}/fallback_after`, 60),
  fault(
    `${PAID}/caps`,
    [{ max: 0, per: "PT0S", over: "defer" }, 7, { max: 1, per: "PT0S" }],
    "/0/max",
    "/0/per",
    "/1",
    "/2/per",
    "/2/over",
  ),
  fault(
    `${PAID}/quiet_hours`,
    [
      { from: "25:00", to: "01:00" },
      { from: "03:00", to: "03:00" },
    ],
    "/0/from",
    "/1",
  ),
  fault(`${PAID}/dedupe`, { key: "{{ data.order_id", window: 5 }, "/key", "/window"),
  fault(`${PAID}/digest`, { key: 5, window: "PT0S", max: 0 }, "/key", "/window", "/max"),
  fault(`${PAID}/cancel`, { on: ["carillon.y"], key: ["x"] }, "/on/0", "/key"),
  fault(`${PAID}/priority`, "high"),
  fault(`${PAID}/replies`, {}),
  fault(`${PAID}/data/eta`, { type: "dat", max: 5, odd: 1 }, "/type", "/max", "/odd"),
  fault(`${PAID}/data/size`, { type: { toString: 1 }, required: "x", odd: 1 }, "/type", "/required", "/odd"),
  fault(`${PAID}/data/parts`, { type: "lst", of: { type: "intger", max: "x" } }, "/type", "/of/type", "/of/max"),
  fault(`${PAID}/data/tall`, { type: "integer", min: 9, max: 5 }, "/min"),
  fault(
    `${PAID}/data/box`,
    { type: "object", fields: { a: { type: "string", max: 0 }, b: { type: "integer", min: 9, max: 5 } } },
    "/fields/a/max",
    "/fields/b/min",
  ),
  fault(`${PAID}/templates/sms/fr`, "{{ data.nothing }}"),
  fault(`${PAID}/templates/sms/de`, ""),
  fault(`${PAID}/templates/sms/en`, "Paid. ".repeat(50)),
  fault(`${PAID}/templates/smss`, { en: "x" }),
  fault(`${PAID}/carrier_templates`, { nobody: { code: "1" } }, "/nobody"),
  fault(`${MAIN}/per_second`, "fast"),
  fault(`${MAIN}/secrets/auth_token`, "CARRIER_OTHER_TWILIO"),
  fault(`${MAIN}/price`, { UK: "1 CNY", CN: "cheap" }, "/UK", "/CN"),
  fault(`${MAIN}/settings`, { account_sid: "AC1" }, "", "/account_sid"),
  fault(`${MAIN}/base_url`, "https://sms.example.com"),
  fault("/routes/0/countries", ["cn", "UK"], "/0", "/1"),
  fault("/routes/0/notices", ["nothing"], "/0"),
  fault("/routes/1", { channel: "sms", carriers: ["Main", "nobody"] }, "/carriers/0", "/carriers/1"),
  fault("/routes/2", 5),
  fault("/routes/0/odd", "x"),
  fault("/brand/name", ""),
  fault("/brand/signature", "top"),
  fault("/defaults/time_zone", "Moon/Sea"),
  fault("/defaults/locale", "zh_CN"),
  fault("/defaults/country", "XX"),
  fault(
    "/classes",
    { service: { ttl: "PT0S", caps: [{ max: "x", per: "PT0S", over: "defer" }] }, marketing: 5 },
    "/service/ttl",
    "/service/caps/0/max",
    "/service/caps/0/per",
    "/marketing",
  ),
  fault("/notices/b c", { class: "service", channels: ["sms"], ttl: "PT0S", templates: { sms: { en: "x" } } }, "", "/ttl"),
  fault("/notices/gone", 5),
];

const ROUTE = { channel: "sms", carriers: ["main"] };
const catalogWith = (...faults: readonly Fault[]): unknown =>
  goodCatalogWith(Object.assign({ "/routes/1": ROUTE, "/routes/2": ROUTE }, ...faults.map(({ changes }) => changes)));

describe("A catalog with several faults", () => {
  it("is told each that there is alone", () => {
    for (const one of FAULTS) expect(pointersIn(catalogWith(one))).toEqual([...one.at].sort());
  });

  it("is told all of them and nothing that follows from them, whichever they are", () => {
    fc.assert(
      fc.property(fc.subarray([...FAULTS], { minLength: 2 }), (faults) => {
        expect(pointersIn(catalogWith(...faults))).toEqual(faults.flatMap(({ at }) => at).sort());
      }),
      { numRuns: 300 },
    );
  });

  it("is left as it was given", () => {
    const catalog = catalogWith(...FAULTS);
    const before = structuredClone(catalog);
    readCatalog(catalog, "shop", deps);
    expect(catalog).toEqual(before);
  });
});
