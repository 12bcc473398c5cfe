import { concat, literal, type TextBound, worstCase } from "../render/bounds/bound-template.ts";
import { chooseWords } from "../render/choose-words.ts";
import { closestName } from "../support/closest-name.ts";
import { cut } from "../support/cut.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import type { CarrierTemplate } from "../vocabulary/catalog.ts";
import { boundIn, boundOfWords, type MeasuredNotice } from "./notice-bounds.ts";
import { optOutIn } from "./opt-out-of-words.ts";
import { type Leaf, leavesOf, type ReadWords } from "./read-words.ts";

const SHOWN_MAX_UNITS = 200;

/** What a text holds between its own words: `${name}`, as Alibaba has it, or `{1}`, as Tencent has it. */
const PLACEHOLDERS = { named: /\$\{([^{}]+)\}/g, positional: /\{(\d+)\}/g } as const;

/** The approved text in pieces: its own words, and the values between them by their names; positions are names too, from 1. */
type Piece = { readonly kind: "words"; readonly text: string } | { readonly kind: "value"; readonly name: string };

/**
 * What is wrong with a text that a carrier has approved: its placeholders are the template's params, each of them, and it says what
 * the notice's words say as far as their length tells, at worst and without a signature. Conditions count with their longest outcome
 * on both sides: words that are there only sometimes must be a value of the approved text that is as long only then.
 */
export function approvedTextIssues(
  template: CarrierTemplate,
  words: ReadWords | undefined,
  measured: MeasuredNotice,
  at: readonly PropertyKey[],
): Issue[] {
  if (template.text === undefined) return [];
  const named = !Array.isArray(template.params);
  const params = new Map(Object.entries(template.params).map(([name, value]) => [named ? name : String(Number(name) + 1), value]));
  const pieces = piecesOf(template.text, named ? PLACEHOLDERS.named : PLACEHOLDERS.positional);
  const unlike = placeholderIssues(pieces, [...params.keys()], named, at);
  return unlike.length > 0 || !words ? unlike : measureIssues(template, pieces, params, words, measured, at);
}

function piecesOf(text: string, placeholder: RegExp): readonly Piece[] {
  return text.split(placeholder).map((part, place) => (place % 2 === 0 ? { kind: "words", text: part } : { kind: "value", name: part }));
}

function placeholderIssues(pieces: readonly Piece[], params: readonly string[], named: boolean, at: readonly PropertyKey[]): Issue[] {
  const written = (name: string) => (named ? `\${${name}}` : `{${name}}`);
  const places = [...new Set(pieces.flatMap((piece) => (piece.kind === "value" ? [piece.name] : [])))];
  return [
    ...places
      .filter((name) => !params.includes(name))
      .map((name) => issueAt([...at, "text"], `has ${written(name)}, and params has no value for it${closestName(name, params)}`)),
    ...params
      .filter((name) => !places.includes(name))
      .map((name) =>
        issueAt([...at, "params", named ? name : Number(name) - 1], `has no place in text: there is no ${written(name)} in it`),
      ),
  ];
}

function measureIssues(
  { text = "", locale }: CarrierTemplate,
  pieces: readonly Piece[],
  params: ReadonlyMap<string, string>,
  words: ReadWords,
  measured: MeasuredNotice,
  at: readonly PropertyKey[],
): Issue[] {
  const leaf = wordsBeside(words, locale, measured);
  if (!leaf) return [];
  const how = { locale: leaf.locale, form: "text", short: false } as const;
  const values = new Map([...params].map(([name, value]) => [name, boundIn(measured, value, how)]));
  const own = boundOfWords(measured, leaf.text, how);
  const bounds = [own, ...values.values()];
  // What cannot be rendered is said where it stands.
  if (bounds.some(({ faults, unseen }) => unseen || faults.length > 0)) return [];
  const loose = bounds.find(({ bound }) => bound === undefined)?.unbounded;
  if (loose) return [issueAt([...at, "text"], `cannot be measured by the words beside it: ${loose.variable} ${loose.why}`)];
  const approved = concat(
    pieces.map((piece) => (piece.kind === "words" ? literal(piece.text) : (values.get(piece.name)?.bound ?? literal("")))),
  );
  const beside = concat([own.bound ?? literal(""), literal(leaf.channel === "sms" ? optOutIn(leaf, measured) : "")]);
  const [is, wanted] = [unitsOf(approved), unitsOf(beside)];
  if (is === wanted) return [];
  const says = `says another length than the words beside it: ${is} characters at worst, and ${wanted} in ${leaf.channel} ${leaf.locale}`;
  return [issueAt([...at, "text"], `${says}: ${shown(literal(text))} and ${shown(beside)}; let both say the same`)];
}

/** UTF-16 units, as the mainland counts. */
function unitsOf(bound: TextBound): number {
  return worstCase(bound, "mainland").units;
}

function shown({ longest }: TextBound): string {
  return JSON.stringify(cut(longest, SHOWN_MAX_UNITS));
}

/** The words that people read where the carrier cannot send its own: of the SMS where the notice goes out by SMS, else of RCS. */
function wordsBeside(words: ReadWords, locale: string | undefined, { notice, catalog }: MeasuredNotice): Leaf | undefined {
  const channel = notice.channels.includes("sms") ? "sms" : "rcs";
  const wanted = locale ?? catalog.defaults?.locale;
  const chosen = chooseWords<unknown>(words.words[channel]?.texts ?? new Map(), wanted, catalog.defaults?.locale);
  return leavesOf(words).find((leaf) => leaf.channel === channel && leaf.locale === chosen?.locale && leaf.name === "text");
}
