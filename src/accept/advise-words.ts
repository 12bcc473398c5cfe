import { durationMs } from "../support/duration.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import type { Catalog, Notice } from "../vocabulary/catalog.ts";
import { classSettingsOf } from "../vocabulary/class-defaults.ts";
import { variablesOf } from "../vocabulary/variables.ts";
import type { NoticeText } from "./texts-of.ts";

/** Words that sell, in Chinese of both scripts and in English. In a notice that is not marketing they cost its good name, and a filter may stop it. */
const SELLS = [
  /优惠|優惠|促销|促銷|折扣|特价|特價|特惠|秒杀|秒殺|抢购|搶購|立减|立減|领券|領券|红包|紅包|满减|滿減|包邮|包郵|限时|限時|大促|清仓|清倉|[0-9.一二三四五六七八九]+折(?![叠疊])/,
  /\b(sales?|discount(ed|s)?|deals?|coupons?|vouchers?|free shipping|special offers?|limited[- ]time|clearance|bargains?|promo(tions?)?)\b|[0-9.]+\s*% off\b/i,
];

/** Words that sell in a notice that is sent to who never asked for offers. */
export function sellingAdvice({ notice, words, path }: NoticeText): Issue[] {
  if (notice.class === "marketing") return [];
  const found = SELLS.flatMap((pattern) => pattern.exec(words)?.[0] ?? [])[0];
  return found === undefined
    ? []
    : [issueAt(path, `says “${found}”, which sells, in a ${notice.class} notice; leave it out, or make it a marketing notice of its own`)];
}

/** English words of four capitals and more, and marks of exclamation of both widths. */
export function shoutingAdvice({ words, path }: NoticeText): Issue[] {
  const capitals = words.match(/\b[A-Z]{4,}\b/g) ?? [];
  const marks = words.match(/[!！]/g) ?? [];
  return [
    ...(capitals.length > 1 ? [issueAt(path, `shouts in capitals (${capitals.join(", ")}); write them small`)] : []),
    ...(marks.length > 2 || /[!！]{2}/.test(words) ? [issueAt(path, "shouts with marks of exclamation; keep one at most")] : []),
  ];
}

/** A way to press where a code stands is what those who phish send. Links in variables are told by their names. */
export function linkAdvice({ notice, template, words, path }: NoticeText): Issue[] {
  if (notice.class !== "verification") return [];
  const link =
    /https?:\/\/|\bwww\.|\b[a-z0-9-]+\.(com|cn|net|org|io|me|cc|co|top|link|app)\b/i.exec(words)?.[0] ??
    /\{\{-?\s*(data\.[\w.-]*(?:url|link))\b/i.exec(template)?.[1];
  return link === undefined
    ? []
    : [issueAt(path, `has a link (${link}) beside a code, as those who steal codes have; leave it out and say where to enter the code`)];
}

/** Courtesies that cost characters of every message. */
export function fillerAdvice({ words, path }: NoticeText): Issue[] {
  const found = words.match(/尊敬的|亲爱的|親愛的|您好|你好|\b(?:Dear|Hello|Hi)\b/g) ?? [];
  return found.length > 1
    ? [issueAt(path, `greets ${found.length} times (${found.join(", ")}); once is enough, and the brand stands in front`)]
    : [];
}

const NUMBER = String.raw`(?:(\d+)|\{\{-?\s*data\.([\p{L}\p{N}_.-]+?)\s*(?:\|[^}]*)?-?\}\})`;
const UNIT = String.raw`(秒钟?|秒鐘|分钟|分鐘|分|小时|小時|s(?:ec(?:ond)?s?)?\b|min(?:ute)?s?\b|h(?:ours?|rs?)?\b)`;
/** How long something is good for, as texts say it: `5分钟内有效`, `有效期5分钟`, `good for 5 min`, `expires in 5 minutes`. */
const PROMISES = [
  new RegExp(`${NUMBER}\\s*(?:个|個)?${UNIT}\\s*(?:之)?(?:内|內|后|後)\\s*(?:有效|失效|过期|過期)`, "u"),
  new RegExp(`有效期[为為是：:]?\\s*${NUMBER}\\s*(?:个|個)?${UNIT}`, "u"),
  new RegExp(`(?:good|valid|works?) for (?:the next )?${NUMBER}[\\s-]*${UNIT}`, "iu"),
  new RegExp(`expires? (?:in|after) ${NUMBER}[\\s-]*${UNIT}`, "iu"),
];

/** A message that comes when what it says has run out. What a variable says is told by its example. */
export function promiseAdvice({ name, notice, template, path }: NoticeText, catalog: Catalog): Issue[] {
  const promise = PROMISES.flatMap((pattern) => pattern.exec(template) ?? []);
  const [, literal, variable, unit = ""] = promise;
  const amount = literal ?? exampleOf(notice, variable);
  const ttl = notice.ttl ?? classSettingsOf(notice.class, catalog).ttl;
  const promised = Number(amount) * unitMs(unit);
  if (amount === undefined || !(promised > 0) || durationMs(ttl) <= promised) return [];
  const where = notice.ttl === undefined ? `give ${name} a ttl of that length` : "shorten the ttl";
  return [issueAt(path, `promises ${amount} ${unit}, and the notice may still be sent after that, its ttl being ${ttl}; ${where}`)];
}

function exampleOf({ data }: Notice, variable: string | undefined): string | undefined {
  const declared = variable === undefined ? undefined : variablesOf(data ?? {})[variable];
  return declared?.example === undefined ? undefined : String(declared.example);
}

function unitMs(unit: string): number {
  if (/^(秒|s)/i.test(unit)) return 1000;
  return /^(分|m)/i.test(unit) ? 60_000 : 3_600_000;
}
