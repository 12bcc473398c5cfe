import { durationMs } from "../support/duration.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import { type Catalog, carrierTemplate, type Notice } from "../vocabulary/catalog.ts";
import { classSettingsOf } from "../vocabulary/class-defaults.ts";
import { NUMBERED_CHANNELS } from "../vocabulary/classes.ts";
import { type Variable, variablesOf } from "../vocabulary/variables.ts";
import { fillerAdvice, linkAdvice, promiseAdvice, sellingAdvice, shoutingAdvice } from "./advise-words.ts";
import { localesOf, type NoticeWords, textsOf, wordsOf } from "./texts-of.ts";

/** What might be better in a catalog of good shape, each with its pointer and how to mend it. None of it keeps a catalog from being published. */
export function adviseCatalog(catalog: Catalog): Issue[] {
  const notices = Object.entries(catalog.notices);
  return [
    ...brandAdvice(catalog),
    ...priceAdvice(catalog),
    ...notices.flatMap(([name, notice]) => [
      ...codeLifeAdvice(name, notice, catalog),
      ...hoursAdvice(name, notice, catalog),
      ...exampleAdvice(name, notice),
      ...unusedAdvice(name, notice),
      ...approvedTextAdvice(name, notice),
    ]),
    ...wordsOf(catalog).flatMap((words) => [...segmentsAdvice(words), ...localeAdvice(words), ...defaultLocaleAdvice(words, catalog)]),
    ...textsOf(catalog).flatMap((text) => [
      ...sellingAdvice(text),
      ...promiseAdvice(text, catalog),
      ...shoutingAdvice(text),
      ...linkAdvice(text),
      ...fillerAdvice(text),
    ]),
  ];
}

function brandAdvice({ brand }: Catalog): Issue[] {
  return brand?.name === undefined
    ? [issueAt(["brand", "name"], "is missing: nobody reads who writes; give brand: { name }, which stands in front of every SMS")]
    : [];
}

/** What a message costs is reckoned by prices; the cheaper of equal carriers too. */
function priceAdvice({ carriers = {}, routes = [] }: Catalog): Issue[] {
  const numbered = routes.filter(({ channel }) => NUMBERED_CHANNELS.includes(channel));
  return Object.entries(carriers).flatMap(([name, { price }]) => {
    const own = numbered.filter((route) =>
      Array.isArray(route.carriers) ? route.carriers.includes(name) : Object.hasOwn(route.carriers, name),
    );
    if (own.length === 0) return [];
    if (price === undefined)
      return [
        issueAt(
          ["carriers", name, "price"],
          'is missing: nothing can be said of cost; give it by country, such as { CN: 0.045 CNY, "*": 0.30 CNY }',
        ),
      ];
    if (price["*"] !== undefined) return [];
    const countries = [...new Set(own.flatMap((route) => route.countries ?? ["*"]))].filter((country) => price[country] === undefined);
    return countries.map((country) =>
      issueAt(
        ["carriers", name, "price", country],
        `is missing, and routes lead there; give it, such as ${country === "*" ? '"*"' : country}: 0.30 CNY`,
      ),
    );
  });
}

/** Ten minutes are what a code is good for at most, by the custom of banks and shops. */
const CODE_LIFE_MAX_MS = 600_000;

function codeLifeAdvice(name: string, { class: noticeClass, ttl }: Notice, catalog: Catalog): Issue[] {
  const life = ttl ?? classSettingsOf(noticeClass, catalog).ttl;
  if (noticeClass !== "verification" || durationMs(life) <= CODE_LIFE_MAX_MS) return [];
  const path = ttl === undefined ? ["classes", "verification", "ttl"] : ["notices", name, "ttl"];
  return [issueAt(path, `is ${life}: a code that comes after ten minutes helps nobody but a thief; make it PT10M at most`)];
}

function hoursAdvice(name: string, { class: noticeClass, quiet_hours }: Notice, catalog: Catalog): Issue[] {
  if (noticeClass !== "marketing" || (quiet_hours ?? classSettingsOf(noticeClass, catalog).quiet_hours).length > 0) return [];
  const path = quiet_hours === undefined ? ["classes", noticeClass, "quiet_hours"] : ["notices", name, "quiet_hours"];
  return [issueAt(path, `has no hours of silence, and ${name} sells; give it some, such as { from: "21:00", to: "08:00" }`)];
}

/** Examples are what previews show and what carriers ask for when a template is to be approved. */
function exampleAdvice(name: string, { data }: Notice): Issue[] {
  return Object.entries(variablesOf(data ?? {})).flatMap(([variable, declared]) =>
    hasExample(declared)
      ? []
      : [
          issueAt(
            ["notices", name, "data", variable],
            "has no example; give one as long as it may well be, so that previews show a real text",
          ),
        ],
  );
}

function hasExample(variable: Variable): boolean {
  if (variable.example !== undefined || variable.type === "boolean") return true;
  if (variable.type === "object") return Object.values(variable.fields).every(hasExample);
  return variable.type === "list" && variable.of !== undefined && hasExample(variable.of);
}

/** A variable that stands neither in words nor in a rule is asked of every event for nothing. */
function unusedAdvice(name: string, notice: Notice): Issue[] {
  const { data = {}, templates, carrier_templates, when, to, dedupe, digest, cancel, series } = notice;
  const places = JSON.stringify([templates, carrier_templates, when, to, dedupe, digest, cancel, series]);
  return Object.keys(data).flatMap((variable) => {
    const use = new RegExp(String.raw`[.]${variable}(?![\p{L}\p{N}_-])|["']${variable}\\?["']`, "u");
    return use.test(places)
      ? []
      : [
          issueAt(
            ["notices", name, "data", variable],
            "is used in no text and no rule; leave it out, and events may bring it all the same",
          ),
        ];
  });
}

/** Without the approved text nobody can tell whether the words beside it say the same, and cost the same. */
function approvedTextAdvice(name: string, { carrier_templates, series }: Notice): Issue[] {
  return Object.entries(carrier_templates ?? {}).flatMap(([carrier, given]) => {
    const path = ["notices", name, "carrier_templates", carrier];
    const named = series && given !== null && typeof given === "object" ? Object.entries(given) : [[undefined, given] as const];
    return named.flatMap(([template, one]) => {
      const parsed = carrierTemplate.safeParse(one);
      const lacks = parsed.success && parsed.data.text === undefined;
      return lacks
        ? [
            issueAt(
              [...path, ...(template === undefined ? [] : [template])],
              "has no text; give the approved one, so that its length is checked against the words",
            ),
          ]
        : [];
    });
  });
}

function segmentsAdvice({ words: { sms }, path }: NoticeWords): Issue[] {
  return sms === undefined || sms.segments !== undefined
    ? []
    : [
        issueAt(
          [...path, "sms"],
          "has no segments: an SMS of it may cost any number of parts; say how many it may take, such as segments: 1",
        ),
      ];
}

/** A person should not be answered in another language because a message took another channel. */
function localeAdvice({ notice, words, path }: NoticeWords): Issue[] {
  const given = notice.channels.filter((channel) => words[channel] !== undefined);
  const all = [...new Set(given.flatMap((channel) => localesOf(words, channel)))];
  return given.flatMap((channel) => {
    const lacks = all.filter((locale) => !localesOf(words, channel).includes(locale));
    if (lacks.length === 0) return [];
    return [issueAt([...path, channel], `has no words in ${lacks.join(", ")}, which another channel of the notice has; add them`)];
  });
}

function defaultLocaleAdvice({ notice, words, path }: NoticeWords, { defaults }: Catalog): Issue[] {
  const wanted = defaults?.locale;
  if (wanted === undefined) return [];
  const languageOf = (locale: string): string => new Intl.Locale(locale).language;
  return notice.channels.flatMap((channel) => {
    const locales = localesOf(words, channel);
    if (locales.length === 0 || locales.some((locale) => languageOf(locale) === languageOf(wanted))) return [];
    return [issueAt([...path, channel], `has no words in ${wanted}, the catalog's own language; add them`)];
  });
}
