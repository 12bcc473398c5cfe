import { describe, expect, it } from "vitest";
import { renderMessage } from "../../src/render/render-message.ts";
import type { Catalog } from "../../src/vocabulary/catalog.ts";
import type { Event } from "../../src/vocabulary/event.ts";

const EVENT: Event = {
  id: "e1",
  source: "/shop",
  type: "order.paid",
  time: "2026-03-01T20:00:00Z",
  subject: "u1",
  data: { name: "李雷" },
  extensions: { region: "eu" },
};
const READER = { id: "u1", tags: ["vip"] };

const WANTED = { notice: "order.paid", channel: "sms" } as const;

function render(
  text: string,
  over: Partial<Event> = {},
  reader: object = {},
  defaults: Catalog["defaults"] = { locale: "zh-CN" },
  more: { readonly merged?: readonly unknown[]; readonly brand?: Catalog["brand"] } = {},
) {
  const catalog: Catalog = {
    defaults,
    ...(more.brand ? { brand: more.brand } : {}),
    notices: { "order.paid": { class: "service", channels: ["sms"], templates: { sms: { "zh-CN": text, en: `en:${text}` } } } },
  };
  return renderMessage(catalog, WANTED, { event: { ...EVENT, ...over }, merged: more.merged ?? [] }, { ...READER, ...reader });
}

describe("renderMessage", () => {
  it("shows data, the event's attributes and extensions, and the recipient", () => {
    const text =
      "{{ data.name }} {{ id }} {{ type }} {{ subject }} {{ region }} {{ recipient.id }} {{ recipient.tags | join: ',' }} {{ recipient.locale }}";
    expect(render(text)).toEqual({ kind: "text", text: "李雷 e1 order.paid u1 eu u1 vip zh-CN" });
  });

  it("lets no extension stand for the recipient or the data", () => {
    expect(render("{{ recipient.id }}", { extensions: { recipient: "u2" } })).toEqual({ kind: "text", text: "u1" });
  });

  it("takes the reader's language", () => {
    expect(render("x", {}, { locale: "en-US" })).toEqual({ kind: "text", text: "en:x" });
  });

  it("reads times in the reader's zone, else the catalog's, else UTC", () => {
    const text = "{{ time | date: '%d %H:%M' }}";
    expect(render(text, {}, { time_zone: "Asia/Shanghai" })).toEqual({ kind: "text", text: "02 04:00" });
    expect(render(text, {}, {}, { time_zone: "America/New_York" })).toMatchObject({ text: "01 15:00" });
    expect(render(text, {}, {}, {})).toMatchObject({ text: "01 20:00" });
  });

  it("renders nothing that misses a variable, is empty or has no words", () => {
    expect(render("{{ data.order_id }}")).toEqual({ kind: "unrenderable", why: expect.stringContaining("data.order_id") });
    expect(render("{{ data.name }}", { data: null })).toMatchObject({ kind: "unrenderable" });
    expect(render(" {% if data.name == 'x' %}x{% endif %}\n")).toEqual({ kind: "unrenderable", why: "the text is empty" });
    const catalog: Catalog = { notices: { "order.paid": { class: "service", channels: ["email"] } } };
    for (const notice of ["order.paid", "gone", "constructor"])
      expect(renderMessage(catalog, { notice, channel: "email" }, { event: EVENT, merged: [] }, READER)).toMatchObject({
        kind: "unrenderable",
      });
  });

  it("shows the brand, and renders nothing that names what the catalog has not", () => {
    const brand = { name: "Lark", link_host: "lark.example" };
    expect(render("{{ brand.name }} {{ brand.link_host }}", {}, {}, {}, { brand })).toMatchObject({ text: "Lark lark.example" });
    expect(render("{{ brand.name }}")).toEqual({ kind: "unrenderable", why: expect.stringContaining("brand.name") });
  });

  it("shows a digest by its count and the data of each event, oldest first; of a single event too", () => {
    const text = "{{ digest.count }}:{% for item in digest.items %}{{ item.name }};{% endfor %}";
    expect(render(text, {}, {}, {}, { merged: [{ name: "b" }, { name: "c" }] })).toMatchObject({ text: "3:李雷;b;c;" });
    expect(render(text)).toMatchObject({ text: "1:李雷;" });
  });

  it("lets no extension stand for the brand or the digest", () => {
    const extensions = { brand: "x", digest: "y" };
    expect(render("{{ brand.name }}{{ digest.count }}", { extensions }, {}, {}, { brand: { name: "Lark" } })).toMatchObject({
      text: "Lark1",
    });
  });

  it("takes the words of a step under its template's name, else its own", () => {
    const words = (en: string) => ({ sms: { en } });
    const series = [
      { step: "first", from: "time", offset: "P1D" },
      { step: "last", from: "time", offset: "P2D", template: "final" },
    ];
    const templates = { first: words("one"), final: words("two"), last: words("never") };
    const catalog: Catalog = { notices: { bill: { class: "service", channels: ["sms"], series, templates } } };
    const texts = ["first", "last", "gone"].map((step) =>
      renderMessage(catalog, { notice: "bill", step, channel: "sms" }, { event: EVENT, merged: [] }, READER),
    );
    expect(texts).toMatchObject([{ text: "one" }, { text: "two" }, { kind: "unrenderable" }]);
  });
});
