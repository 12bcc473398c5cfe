import { type Reading, type RenderedText, renderForPerson, type TextForm } from "../../../src/render/engine/text-engine.ts";

export const chinese: Reading = { locale: "zh-CN", time_zone: "Asia/Shanghai", currency: "CNY" };
export const english: Reading = { locale: "en", time_zone: "America/New_York" };

export function render(template: string, data: unknown = {}, reading: Reading = chinese, form: TextForm = "text"): RenderedText {
  return renderForPerson(template, { data }, reading, form);
}

/** What is written; throws where nothing is. */
export function textOf(template: string, data?: unknown, reading?: Reading, form?: TextForm): string {
  const rendered = render(template, data, reading, form);
  if (rendered.kind !== "text") throw new Error(rendered.why);
  return rendered.text;
}

/** Why nothing is written; throws where something is. */
export function whyNot(template: string, data?: unknown, reading?: Reading, form?: TextForm): string {
  const rendered = render(template, data, reading, form);
  if (rendered.kind === "text") throw new Error(`rendered ${JSON.stringify(rendered.text)}`);
  return rendered.why;
}
