import { describe, expect, it } from "vitest";
import { renderMessage } from "../../src/render/render-message.ts";
import type { Catalog } from "../../src/vocabulary/catalog.ts";
import { catalogOf, NOTICE, smsOf, type Telling, wordsOf } from "./words-of.ts";

const BOTH = (text: string) => ({ "zh-CN": text, en: `en:${text}` });
const textOf = (text: string, telling: Telling = {}) => smsOf(BOTH(text), telling);

describe("renderMessage", () => {
  it("shows data, the event's attributes and extensions, and the recipient", () => {
    const text =
      "{{ data.name }} {{ id }} {{ type }} {{ subject }} {{ region }} {{ recipient.id }} {{ recipient.tags | join: ',' }} {{ recipient.locale }}";
    expect(textOf(text)).toEqual({
      kind: "words",
      locale: "zh-CN",
      text: "李雷 e1 order.paid u1 eu u1 vip zh-CN",
      body: "李雷 e1 order.paid u1 eu u1 vip zh-CN",
      count: { rule: "gsm", encoding: "UCS-2", units: 35, segments: 1 },
    });
  });

  it("lets no extension stand for the recipient, the data, the brand or the digest", () => {
    const extensions = { recipient: "u2", brand: "x", digest: "y" };
    const brand = { name: "Lark", signature: "none" };
    expect(textOf("{{ recipient.id }}{{ brand.name }}{{ digest.count }}", { event: { extensions }, catalog: { brand } })).toMatchObject({
      text: "u1Lark1",
    });
  });

  it("takes the reader's language", () => {
    expect(textOf("x", { reader: { locale: "en-US" } })).toMatchObject({ text: "en:x", locale: "en" });
  });

  it("reads times in the reader's zone, else the catalog's, else UTC", () => {
    const text = "{{ time | date: '%d %H:%M' }}";
    expect(textOf(text, { reader: { time_zone: "Asia/Shanghai" } })).toMatchObject({ text: "02 04:00" });
    expect(textOf(text, { catalog: { defaults: { time_zone: "America/New_York" } } })).toMatchObject({ text: "01 15:00" });
    expect(textOf(text)).toMatchObject({ text: "01 20:00" });
  });

  it("renders nothing that misses a variable, is empty or has no words", () => {
    expect(textOf("{{ data.order_id }}")).toEqual({ kind: "unrenderable", why: expect.stringContaining("data.order_id") });
    expect(textOf("{{ data.name }}", { data: { name: null } })).toMatchObject({ kind: "unrenderable" });
    expect(textOf(" {% if data.name == 'x' %}x{% endif %}\n")).toEqual({ kind: "unrenderable", why: "the text is empty" });
    for (const notice of [NOTICE, "gone", "constructor"])
      expect(wordsOf({ sms: { en: "x" } }, { wanted: { notice, channel: "email" } })).toMatchObject({
        kind: "unrenderable",
        why: "the notice has no words for email",
      });
  });

  it("renders nothing that names what the catalog has not", () => {
    expect(textOf("{{ brand.link_host }}", { catalog: { brand: { link_host: "lark.example" } } })).toMatchObject({ text: "lark.example" });
    expect(textOf("{{ brand.name }}")).toEqual({ kind: "unrenderable", why: expect.stringContaining("brand.name") });
  });

  it("shows only what is declared, where the notice declares anything", () => {
    const data = { name: "李雷", secret: "x" };
    expect(textOf("{{ data.name }}", { data, notice: { data: { name: "string" } } })).toMatchObject({ text: "李雷" });
    expect(textOf("{{ data.secret }}", { data, notice: { data: { name: "string" } } })).toMatchObject({ kind: "unrenderable" });
  });

  it("shows a digest by its count and the data of each event, oldest first; of a single event too", () => {
    const text = "{{ digest.count }}:{% for item in digest.items %}{{ item.name }};{% endfor %}";
    expect(textOf(text, { merged: [{ name: "b" }, { name: "c" }] })).toMatchObject({ text: "3:李雷;b;c;" });
    expect(textOf(text)).toMatchObject({ text: "1:李雷;" });
  });

  it("fits the data of merged events as it does that of the first", () => {
    const text = "{% for item in digest.items %}{{ item.name }}{{ item.extra | default: '-' }};{% endfor %}";
    const notice = { data: { name: { type: "string", max: 5, over: "shorten" } } };
    const merged = [{ name: "abcdefgh", extra: "x" }];
    expect(textOf(text, { merged, notice })).toMatchObject({ text: "李雷-;ab...-;" });
  });

  it("takes the words of a step under its template's name, else its own", () => {
    const words = (en: string) => ({ sms: { en } });
    const series = [
      { step: "first", from: "time", offset: "P1D" },
      { step: "last", from: "time", offset: "P2D", template: "final" },
    ];
    const templates = { first: words("one"), final: words("two"), last: words("never") };
    const texts = ["first", "last", "gone"].map((step) => wordsOf(templates, { notice: { series }, wanted: { step } }));
    expect(texts).toMatchObject([{ text: "one" }, { text: "two" }, { kind: "unrenderable" }]);
  });

  it("reads the words of a channel whatever stands for another, as older catalogs have it", () => {
    const catalog: Catalog = {
      notices: { [NOTICE]: { class: "service", channels: ["sms"], templates: { sms: { en: "x" }, email: { en: "a text alone" } } } },
    };
    const told = { event: { id: "e", source: "/", type: "t", time: "2026-03-01T20:00:00Z", extensions: {} }, merged: [] };
    const render = (channel: "sms" | "email") => renderMessage(catalog, { notice: NOTICE, channel }, told, { id: "u", tags: [] });
    expect(render("sms")).toMatchObject({ text: "x" });
    expect(render("email")).toMatchObject({ kind: "unrenderable" });
  });

  it("makes of half a character in a value one that stands for it", () => {
    expect(textOf("{{ data.name }}", { data: { name: "a\ud83d" } })).toMatchObject({ text: "a\ufffd" });
  });

  it("reads a notice's templates once for as long as its catalog lives", () => {
    let reads = 0;
    const catalog = catalogOf({ sms: { en: "x" } });
    const notice = catalog.notices[NOTICE];
    const templates = notice?.templates;
    if (!notice) throw new Error("the catalog has no notice");
    Object.defineProperty(notice, "templates", {
      get() {
        reads++;
        return templates;
      },
    });
    const told = { event: { id: "e", source: "/", type: "t", time: "2026-03-01T20:00:00Z", extensions: {} }, merged: [] };
    for (let times = 0; times < 3; times++)
      expect(renderMessage(catalog, { notice: NOTICE, channel: "sms" }, told, { id: "u", tags: [] })).toMatchObject({ text: "x" });
    expect(reads).toBe(1);
  });
});
