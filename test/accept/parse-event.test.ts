import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEvent } from "../../src/accept/parse-event.ts";
import { EVENT_MAX_BYTES } from "../../src/vocabulary/event.ts";

const NOW = Date.UTC(2026, 2, 1, 12);
const EVENT = { id: "e1", source: "/shop", type: "order.paid" };

const parse = (body: unknown, bytes = 100) => parseEvent(body, bytes, NOW);

function parsed(over: object = {}) {
  const outcome = parse({ ...EVENT, ...over });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem));
  return outcome.value;
}

/** Where and why an event is refused. */
function refused(body: unknown, bytes?: number): Record<string, string> {
  const outcome = parse(body, bytes);
  if (outcome.ok) throw new Error("it was taken");
  expect(outcome.problem.status).toBe(422);
  return Object.fromEntries((outcome.problem.errors ?? []).map(({ pointer, detail }) => [pointer, detail]));
}

const nested = (levels: number): unknown => Array.from({ length: levels }).reduce((inner: unknown) => [inner], 1);

describe("parseEvent", () => {
  it("takes the least that an event may be, at the time of its arrival", () => {
    expect(parsed()).toMatchObject({ event: { ...EVENT, time: "2026-03-01T12:00:00.000Z", extensions: {} }, recipients: undefined });
  });

  it("keeps extensions apart and data as it is", () => {
    const { event } = parsed({
      specversion: "1.0",
      datacontenttype: "application/json",
      dataschema: "urn:x",
      region: "eu",
      level: 3,
      vip: true,
      data: [null],
    });
    expect(event).toEqual({ ...EVENT, time: "2026-03-01T12:00:00.000Z", data: [null], extensions: { region: "eu", level: 3, vip: true } });
  });

  it("counts an attribute that is null as left out, and data that is null as data", () => {
    const { event, recipients } = parsed({ time: null, subject: null, recipients: null, region: null, data_base64: null, data: null });
    expect(event).toEqual({ ...EVENT, time: "2026-03-01T12:00:00.000Z", data: null, extensions: {} });
    expect(recipients).toBeUndefined();
  });

  it.each(["id", "source", "type"])("needs %s to be 1 to 255 visible characters", (name) => {
    for (const value of [undefined, null, "", 5, {}, " e", "e ", "a\u0000b", "a\nb", "x".repeat(256)])
      expect(Object.keys(refused({ ...EVENT, [name]: value }))).toEqual([`/${name}`]);
    for (const value of ["x", "a b", "订单-1", "x".repeat(255)]) expect(parsed({ [name]: value }).event).toMatchObject({ [name]: value });
  });

  it("hides nothing behind a recipient that is wrong", () => {
    const wrong = { ...EVENT, recipients: [{ id: "" }], time: "2026-03-02T12:00:00Z", subject: "" };
    expect(Object.keys(refused(wrong)).sort()).toEqual(["/recipients/0/id", "/subject"]);
    expect(Object.keys(refused({ ...wrong, subject: "u1" })).sort()).toEqual(["/recipients/0/id", "/time"]);
    expect(Object.keys(refused([]))).toEqual([""]);
  });

  it("names everything that is wrong at once", () => {
    expect(Object.keys(refused({ source: 1, type: "", subject: "", time: "now" })).sort()).toEqual([
      "/id",
      "/source",
      "/subject",
      "/time",
      "/type",
    ]);
  });

  it("refuses what is not an object", () => {
    for (const body of [null, 5, "e", true, [], [EVENT]]) expect(Object.keys(refused(body))).toEqual([""]);
  });

  it("refuses an event above 64 KB by 413", () => {
    expect(parse(EVENT, EVENT_MAX_BYTES)).toMatchObject({ ok: true });
    expect(parse(EVENT, EVENT_MAX_BYTES + 1)).toMatchObject({ ok: false, problem: { status: 413 } });
  });

  it("takes RFC 3339 times with an offset and no others", () => {
    for (const time of ["2026-03-01T11:59:00Z", "2026-03-01T19:00:00+08:00", "2026-03-01T11:59:00.123456789Z", "2024-02-29T00:00:00Z"])
      expect(parsed({ time }).event.time).toBe(time);
    for (const time of [
      "",
      "2026-03-01",
      "2026-03-01T11:00:00",
      "2026-02-30T00:00:00Z",
      "2026-03-01T24:00:00Z",
      "yesterday",
      1772366400,
      "2026-03-01T11:00:00+8",
    ])
      expect(Object.keys(refused({ ...EVENT, time }))).toEqual(["/time"]);
  });

  it("takes times that are as long, written for people, as publishing has measured", () => {
    const detail = "must be of a year from 1000 to 8999, with at most nine digits behind the seconds' point";
    for (const time of ["2026-03-01T11:59:00.1234567890Z", "0999-12-31T23:59:59Z", "0000-01-01T00:00:00Z"])
      expect(refused({ ...EVENT, time })).toEqual({ "/time": detail });
    expect(parsed({ time: "1000-01-01T00:00:00Z" }).event.time).toBe("1000-01-01T00:00:00Z");
  });

  it("takes a time up to 5 minutes ahead", () => {
    expect(parsed({ time: "2026-03-01T12:05:00.000Z" }).event.time).toBe("2026-03-01T12:05:00.000Z");
    expect(refused({ ...EVENT, time: "2026-03-01T12:05:00.001Z" })).toEqual({ "/time": expect.stringContaining("5 minutes ahead") });
    expect(Object.keys(refused({ ...EVENT, time: "2026-03-01T20:06:00+08:00" }))).toEqual(["/time"]);
  });

  it("refuses data that is nested more than 64 levels deep, however deep, without running out of stack", () => {
    expect(parse({ ...EVENT, data: nested(60) })).toMatchObject({ ok: true });
    for (const levels of [64, 1_000, 200_000]) expect(Object.keys(refused({ ...EVENT, data: nested(levels) }))).toEqual(["/data"]);
  });

  it("refuses data_base64, foreign versions and data that is not JSON", () => {
    expect(Object.keys(refused({ ...EVENT, data_base64: "AA==" }))).toEqual(["/data_base64"]);
    for (const specversion of ["0.3", "1.1", 1]) expect(Object.keys(refused({ ...EVENT, specversion }))).toEqual(["/specversion"]);
    for (const datacontenttype of ["text/xml", "application/octet-stream"])
      expect(Object.keys(refused({ ...EVENT, datacontenttype }))).toEqual(["/datacontenttype"]);
  });

  it("refuses extensions that CloudEvents would not name so, and values that are no scalars", () => {
    for (const name of ["Region", "my-region", "my_region", "a/b", "区", "x".repeat(65)])
      expect(Object.keys(refused({ ...EVENT, [name]: "eu" }))).toEqual([`/${name.replaceAll("/", "~1")}`]);
    expect(Object.keys(refused({ ...EVENT, region: { a: 1 } }))).toEqual(["/region"]);
    expect(Object.keys(refused({ ...EVENT, region: ["eu"] }))).toEqual(["/region"]);
  });

  it("takes 1 to 100 recipients, ids or whole ones", () => {
    const whole = { id: "u2", addresses: { sms: "+8613800138000" }, locale: "zh-CN" };
    expect(parsed({ recipients: ["u1", whole] }).recipients).toEqual(["u1", whole]);
    expect(parsed({ recipients: Array.from({ length: 100 }, (_, at) => `u${at}`) }).recipients).toHaveLength(100);
    expect(Object.keys(refused({ ...EVENT, recipients: Array.from({ length: 101 }, (_, at) => `u${at}`) }))).toEqual(["/recipients"]);
    expect(Object.keys(refused({ ...EVENT, recipients: [] }))).toEqual(["/recipients"]);
    expect(Object.keys(refused({ ...EVENT, recipients: "u1" }))).toEqual(["/recipients"]);
  });

  it("points into a recipient that is wrong", () => {
    const places = (recipient: unknown) => Object.keys(refused({ ...EVENT, recipients: ["u1", recipient] }));
    expect(places(5)).toEqual(["/recipients/1"]);
    expect(places("")).toEqual(["/recipients/1"]);
    expect(places({ id: "" })).toEqual(["/recipients/1/id"]);
    expect(places({ id: "u", addresses: { sms: 5 } })).toEqual(["/recipients/1/addresses/sms"]);
    expect(places({ id: "u", addresses: { fax: "1" } })).toEqual(["/recipients/1/addresses/fax"]);
    expect(places({ id: "u", time_zone: "Mars/Olympus" })).toEqual(["/recipients/1/time_zone"]);
    expect(places({ id: "u", locale: "zh_CN" })).toEqual(["/recipients/1/locale"]);
    expect(places({ id: "u", colour: "red" })).toEqual(["/recipients/1/colour"]);
    expect(places({ id: "u", preferences: [{ scope: "all", channel: "*", state: "maybe" }] })).toEqual([
      "/recipients/1/preferences/0/state",
    ]);
  });

  it("has one text for equal bodies, whatever the order of keys, the mode and the time of arrival", () => {
    const { posted } = parsed({ data: { a: 1, b: { c: 2, d: [1, 2] } }, region: "eu" });
    const again = parseEvent(
      {
        region: "eu",
        data: { b: { d: [1, 2], c: 2 }, a: 1 },
        type: EVENT.type,
        id: "e1",
        source: "/shop",
        specversion: "1.0",
        datacontenttype: "application/json",
      },
      1,
      NOW + 60_000,
    );
    expect(again).toMatchObject({ ok: true, value: { posted } });
  });

  it("has another text where an attribute or data differ, also in order of a list or in a time that was given", () => {
    const texts = [
      {},
      { data: null },
      { data: [1, 2] },
      { data: [2, 1] },
      { data: { a: "1" } },
      { data: { a: 1 } },
      { region: "eu" },
      { subject: "u1" },
      { time: "2026-03-01T12:00:00.000Z" },
    ];
    expect(new Set(texts.map((over) => parsed(over).posted)).size).toBe(texts.length);
  });

  it("always answers, whatever JSON comes, and points only at places that there are or should be", () => {
    const attribute = fc.constantFrom(
      "id",
      "source",
      "type",
      "time",
      "subject",
      "recipients",
      "data",
      "specversion",
      "region",
      "__proto__",
    );
    const almost = fc.dictionary(attribute, fc.oneof(fc.jsonValue(), fc.string(), fc.constant("2026-03-01T00:00:00Z")));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), almost), (body) => {
        const outcome = parse(body);
        if (outcome.ok) return;
        expect([413, 422]).toContain(outcome.problem.status);
        for (const { pointer, detail } of outcome.problem.errors ?? []) {
          expect(pointer).toMatch(/^(\/[^/]*)*$/);
          expect(detail).not.toBe("");
        }
      }),
    );
  });
});
