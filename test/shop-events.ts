import type { NoticeClass } from "../src/vocabulary/classes.ts";

/** An event type of the example shop for each class, with data for its texts. */
const SAMPLES = {
  verification: { type: "login.code", data: { code: "214013", minutes: 5 } },
  transactional: { type: "order.shipped", data: { order_id: "D1", tracking: "JL1", eta: "2026-11-13" } },
  service: { type: "item.arrived", data: { item: "雨伞", left: 8 } },
  marketing: { type: "promotion", data: { title: "秋季大促", offer: "满300减50", until: "今晚12点" } },
} as const satisfies Record<NoticeClass, object>;

export interface Person {
  readonly id: string;
  readonly addresses: { readonly sms: string };
}

let people = 0;
let events = 0;

/** Somebody new with a number of his own, who wants to hear of offers. It is noon where he is, so that no hours of silence are in the way. */
export function newPerson(over: { readonly locale?: string; readonly time_zone?: string; readonly prefix?: string } = {}) {
  people++;
  const { prefix = "+8613800", ...rest } = over;
  const number = prefix + String(1000 + people).padStart(prefix.startsWith("+86") ? 6 : 4, "0");
  const preferences = [{ scope: "marketing", channel: "*", state: "in", at: "2026-01-01T00:00:00Z" }];
  return { id: `person-${people}`, addresses: { sms: number }, locale: "zh-CN", time_zone: zoneWhereItIsNoon(), preferences, ...rest };
}

/** A new event of this class for one person, as plain JSON. */
export function newEvent(noticeClass: NoticeClass, person: Person) {
  events++;
  const { type, data } = SAMPLES[noticeClass];
  return { id: `event-${events}`, source: "/test", type, data, recipients: [person] };
}

function zoneWhereItIsNoon(): string {
  const offset = 12 - new Date().getUTCHours();
  return `Etc/GMT${offset > 0 ? "-" : "+"}${Math.abs(offset)}`;
}
