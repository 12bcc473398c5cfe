import { describe, expect, it } from "vitest";
import { renderCarrierTemplate } from "../../src/render/render-carrier-template.ts";
import { catalog as catalogSchema, type Notice } from "../../src/vocabulary/catalog.ts";
import type { Event } from "../../src/vocabulary/event.ts";

const EVENT: Event = {
  id: "e1",
  source: "/shop",
  type: "login.code",
  time: "2026-03-01T20:00:00Z",
  data: { code: "0042", name: "李雷" },
  extensions: { region: "eu" },
};

interface Over {
  readonly carrier?: string;
  readonly step?: string;
  readonly series?: Notice["series"];
  readonly zone?: string;
  readonly locale?: string;
  readonly notice?: string;
  readonly country?: string;
  /** What the notice declares, and what the event brings. */
  readonly declared?: object;
  readonly data?: unknown;
}

function render(carrier_templates: unknown, over: Over = {}) {
  const { carrier = "ali", step, zone, locale, country, declared: data, series } = over;
  const notice = { class: "verification", channels: ["sms"], series, data, carrier_templates };
  const catalog = catalogSchema.parse(
    JSON.parse(
      JSON.stringify({ brand: { name: "Lark" }, defaults: { locale: "zh-CN", currency: "CNY" }, notices: { "login.code": notice } }),
    ),
  );
  const reader = { id: "u1", tags: [], ...(zone === undefined ? {} : { time_zone: zone }), ...(locale === undefined ? {} : { locale }) };
  const wanted = {
    notice: over.notice ?? "login.code",
    ...(step === undefined ? {} : { step }),
    ...(country === undefined ? {} : { country }),
  };
  const event = { ...EVENT, ...("data" in over ? { data: over.data } : {}) };
  return renderCarrierTemplate(catalog, carrier, wanted, { event, merged: [{}] }, reader);
}

describe("renderCarrierTemplate", () => {
  it("renders values by name in a map, and values by position in a list in their order", () => {
    expect(render({ ali: { code: "SMS_1", params: { code: "{{ data.code }}", who: "{{ data.name }}先生" } } })).toEqual({
      kind: "template",
      template: { code: "SMS_1", params: { code: "0042", who: "李雷先生" } },
    });
    expect(render({ ali: { code: "1", params: ["{{ data.name }}", "5", "{{ data.code }}"] } })).toEqual({
      kind: "template",
      template: { code: "1", params: ["李雷", "5", "0042"] },
    });
  });

  it("has no values where none are given, and the signature where one is", () => {
    expect(render({ ali: { code: "SMS_1", sign_name: "鲸落" } })).toEqual({
      kind: "template",
      template: { code: "SMS_1", params: {}, sign_name: "鲸落" },
    });
    expect(render({ ali: { code: "1", params: [] } })).toMatchObject({ template: { params: [] } });
  });

  it("shows what words show: attributes, recipient, brand and digest, and dates in the reader's zone", () => {
    const params = ["{{ id }} {{ region }} {{ recipient.id }} {{ recipient.locale }} {{ brand.name }} {{ digest.count }}"];
    expect(render({ ali: { code: "1", params } })).toMatchObject({ template: { params: ["e1 eu u1 zh-CN Lark 2"] } });
    const date = { ali: { code: "1", params: { at: "{{ time | date: '%d %H:%M' }}" } } };
    expect(render(date, { zone: "Asia/Shanghai" })).toMatchObject({ template: { params: { at: "02 04:00" } } });
    expect(render(date)).toMatchObject({ template: { params: { at: "01 20:00" } } });
  });

  it("renders nothing at all where one value misses a variable, and says which", () => {
    expect(render({ ali: { code: "SMS_1", params: { code: "{{ data.code }}", by: "{{ data.until }}" } } })).toEqual({
      kind: "unrenderable",
      why: expect.stringMatching(/by.*SMS_1.*data\.until/),
    });
    expect(render({ ali: { code: "1", params: ["x", "{{ data.until }}"] } })).toMatchObject({ why: expect.stringContaining("value 2") });
  });

  it("keeps a value that is empty: whether that may be is the carrier's affair", () => {
    expect(render({ ali: { code: "1", params: [""] } })).toMatchObject({ template: { params: [""] } });
  });

  it("has none for a carrier without a template, and for a notice that there is not", () => {
    expect(render({ ali: { code: "1" } }, { carrier: "other" })).toEqual({ kind: "none" });
    expect(render({ ali: { code: "1" } }, { carrier: "constructor" })).toEqual({ kind: "none" });
    expect(render(undefined)).toEqual({ kind: "none" });
    expect(render({ ali: { code: "1" } }, { notice: "gone" })).toEqual({ kind: "none" });
    expect(render({ ali: { code: "1" } }, { notice: "constructor" })).toEqual({ kind: "none" });
  });

  it("takes the template of a step under its template's name, else its own", () => {
    const series = [
      { step: "first", from: "time", offset: "P1D" },
      { step: "last", from: "time", offset: "P2D", template: "final" },
      { step: "constructor", from: "time", offset: "P3D" },
    ];
    const templates = { ali: { first: { code: "one" }, final: { code: "two" }, last: { code: "never" } } };
    const codes = ["first", "last", "constructor", "gone"].map((step) => render(templates, { series, step }));
    expect(codes).toMatchObject([{ template: { code: "one" } }, { template: { code: "two" } }, { kind: "none" }, { kind: "none" }]);
  });

  it("cuts values that are too long as they ask for, those with a variant too, which an approved text has not", () => {
    const text = (over: string) => ({ type: "string", max: 4, over });
    const declared = { item: text("shorten"), reason: text("variant") };
    const params = ["{{ data.item }}", "{{ data.reason }}"];
    expect(render({ ali: { code: "1", params } }, { declared, data: { item: "羊绒围巾两条", reason: "台风停运了" } })).toMatchObject({
      template: { params: ["羊绒围…", "台风停…"] },
    });
  });

  it("sees what is declared and no more", () => {
    const found = render(
      { ali: { code: "1", params: ["{{ data.secret }}"] } },
      { declared: { code: "string" }, data: { code: "1", secret: "x" } },
    );
    expect(found).toMatchObject({ kind: "unrenderable", why: expect.stringContaining("data.secret") });
  });

  it("writes figures as the reader's region does in the catalog's language, else as the approved text's locale does", () => {
    const params = ["{{ data.due | local_date: 'long' }}"];
    const shown = (locale: string, more: object = {}) =>
      render({ ali: { code: "1", params, ...more } }, { locale, data: { due: "2026-11-13" } });
    expect(shown("en-GB")).toMatchObject({ template: { params: ["2026年11月13日"] } });
    expect(shown("en-GB", { locale: "en-US" })).toMatchObject({ template: { params: ["November 13, 2026"] } });
  });

  it("has plain brackets in its values for numbers of mainland China", () => {
    const template = { ali: { code: "1", params: ["{{ data.name }}"] } };
    const data = { name: "【李雷】" };
    expect(render(template, { data, country: "CN" })).toMatchObject({ template: { params: ["[李雷]"] } });
    expect(render(template, { data, country: "HK" })).toMatchObject({ template: { params: ["【李雷】"] } });
  });
});
