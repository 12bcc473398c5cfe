import type { CatalogWork } from "../render/bounds/bound-template.ts";
import { type CompiledNotice, templateNameOf } from "../render/compile-notice.ts";
import { type Reader, type RenderedWords, renderMessage, type Told, type Wanted, type Words } from "../render/render-message.ts";
import { partsOf, septetsOf } from "../render/sms/count-segments.ts";
import { isMap } from "../support/is-map.ts";
import { pointerOf } from "../support/issues.ts";
import type { Catalog } from "../vocabulary/catalog.ts";
import { type Channel, NUMBERED_CHANNELS } from "../vocabulary/classes.ts";
import type { SegmentCount } from "../vocabulary/content.ts";
import type { Preview, PreviewQuestion, Warning } from "./preview.ts";
import { previewCosts } from "./preview-costs.ts";
import { brandWarnings, encodingWarnings, localeWarnings } from "./preview-warnings.ts";
import { previewWorst } from "./preview-worst.ts";

/** Everything that is the same for all texts of one question. */
export interface Asked {
  readonly catalog: Catalog;
  readonly compiled: CompiledNotice;
  readonly question: PreviewQuestion;
  readonly told: Told;
  /** Of the number, the catalog's default where the question has none. */
  readonly country: string | undefined;
  readonly warnings: readonly Warning[];
  /** What measuring has taken of all these texts. */
  readonly work: CatalogWork;
}

/** Which text; `locale` is the reader's. */
export interface Place {
  readonly step: string | undefined;
  readonly channel: Channel;
  readonly locale: string | undefined;
}

/** One text with all that is said of it. */
export function previewText(asked: Asked, { step, channel, locale }: Place): Preview {
  const { catalog, compiled, told } = asked;
  const { notice: name, time_zone, tags = [] } = asked.question;
  const reader: Reader = {
    id: "preview",
    tags,
    ...(locale === undefined ? {} : { locale }),
    ...(time_zone === undefined ? {} : { time_zone }),
  };
  const stepped = step === undefined ? {} : { step };
  const country = NUMBERED_CHANNELS.includes(channel) ? asked.country : undefined;
  const wanted = { notice: name, channel, ...stepped, ...(country === undefined ? {} : { country }) };
  const { words, unsent } = renderAnyLength(catalog, wanted, told, reader);
  const common = [...asked.warnings, ...brandWarnings(catalog, channel)];
  if (words.kind === "unrenderable") {
    const tag = locale ?? catalog.defaults?.locale ?? "und";
    return { channel, locale: tag, ...stepped, problem: words.why, costs: [], warnings: common };
  }
  const place = placeOf(compiled, name, step, channel);
  const own = [...place, words.locale];
  const sms = words.count ? smsOf(asked, words, words.count, step, own) : { shown: {}, warnings: [] };
  const question = { channel, class: compiled.notice.class, notice: name, country };
  const segments = words.count?.segments ?? 1;
  const { costs, warnings } = previewCosts({ catalog, question, step, words, segments, told, reader });
  return {
    channel,
    locale: words.locale,
    ...stepped,
    text: words.text,
    ...(words.content ? { content: words.content } : {}),
    ...sms.shown,
    costs: [...costs],
    warnings: [
      ...common,
      ...localeWarnings(locale, words.locale, place),
      ...(unsent === undefined ? [] : [{ pointer: pointerOf(own), detail: `would not be sent: ${unsent}` }]),
      ...sms.warnings,
      ...warnings,
    ],
  };
}

/** A text that takes more than its segments is shown, so that it can be seen what is too long; `unsent` says why it would not go out. */
function renderAnyLength(
  catalog: Catalog,
  wanted: Wanted,
  told: Told,
  reader: Reader,
): { readonly words: RenderedWords; readonly unsent?: string } {
  const words = renderMessage(catalog, wanted, told, reader);
  if (words.kind === "words" || wanted.channel !== "sms") return { words };
  const unlimited = renderMessage(withoutSegments(catalog, wanted.notice), wanted, told, reader);
  return unlimited.kind === "words" ? { words: unlimited, unsent: words.why } : { words };
}

/** The catalog with this notice's SMS free to take any number of segments. */
function withoutSegments(catalog: Catalog, name: string): Catalog {
  const notice = catalog.notices[name];
  if (!notice?.templates) return catalog;
  const { templates } = notice;
  const own = notice.series
    ? Object.fromEntries(Object.entries(templates).map(([template, words]) => [template, isMap(words) ? freed(words) : words]))
    : freed(templates);
  return { ...catalog, notices: { [name]: { ...notice, templates: own } } };
}

function freed<Words extends Readonly<Record<string, unknown>>>(words: Words): Words {
  const { sms } = words;
  return sms !== null && typeof sms === "object" ? { ...words, sms: { ...sms, segments: undefined } } : words;
}

/** Where the words of a channel stand in the catalog. */
function placeOf({ notice }: CompiledNotice, name: string, step: string | undefined, channel: Channel): readonly PropertyKey[] {
  const template = templateNameOf(notice, step);
  return ["notices", name, "templates", ...(template === undefined ? [] : [template]), channel];
}

/** What is said of an SMS besides its text. */
function smsOf(
  { catalog, compiled, question, work }: Asked,
  words: Words,
  { encoding, rule, segments, units }: SegmentCount,
  step: string | undefined,
  place: readonly PropertyKey[],
): { readonly shown: Partial<Preview>; readonly warnings: readonly Warning[] } {
  const { text, locale, saved, short } = words;
  const template = compiled.words(step)?.sms;
  const { notice, variables } = compiled;
  const measured = { name: question.notice, notice, catalog, variables, work };
  const { worst, faults } = template ? previewWorst({ measured, template, locale, rule, path: place }) : { faults: [] };
  const most = template?.segments;
  const said = worst && most !== undefined && worst.segments > most ? [`can take ${worst.segments} segments, and may take ${most}`] : [];
  const parts = partsOf(text, rule).map((part) => ({ text: part, units: encoding === "GSM-7" ? septetsOf(part) : part.length }));
  const shown = {
    ...{ encoding, rule, segments, units, parts },
    ...(saved === undefined ? {} : { saved_segments: saved }),
    ...(short ? { short } : {}),
    ...(worst ? { worst } : {}),
  };
  const told = [...said, ...faults].map((detail) => ({ pointer: pointerOf(place), detail }));
  return { shown, warnings: [...encodingWarnings(catalog, words, place), ...told] };
}
