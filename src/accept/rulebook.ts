import type { CancelRule, CapRule, NoticeRules } from "../admit/notice-rules.ts";
import type { CompiledCatalog } from "../store/compiled-catalog.ts";
import { durationMs } from "../support/duration.ts";
import type { Catalog, Notice } from "../vocabulary/catalog.ts";
import { classSettingsOf } from "../vocabulary/class-defaults.ts";
import type { Cap } from "../vocabulary/classes.ts";
import { type Variables, variablesOf } from "../vocabulary/variables.ts";

/** Events that a digest holds where the catalog does not say. */
export const DIGEST_MAX = 100;

/** Something that a notice does with an event, and where it looks for the recipients. */
export interface Addressed<Rule> {
  readonly to: string | undefined;
  readonly rule: Rule;
  /** What its words need of the event's data; left out where the notice declares nothing. It stays here: Recipients do not ask it. */
  readonly data?: Variables;
}

/** A catalog as planning and admission need it: by event type, in catalog order. */
export interface Rulebook {
  readonly version: number;
  readonly notices: ReadonlyMap<string, readonly Addressed<NoticeRules>[]>;
  readonly cancels: ReadonlyMap<string, readonly Addressed<CancelRule>[]>;
}

const rulebooks = new WeakMap<CompiledCatalog, Rulebook>();

/** The rulebook of a compiled catalog as far as its notices are there, made once. */
export function rulebookFor(compiled: CompiledCatalog): Rulebook {
  const known = rulebooks.get(compiled);
  if (known) return known;
  const rulebook = rulebookOf(compiled.catalog, compiled.version);
  rulebooks.set(compiled, rulebook);
  return rulebook;
}

/** Makes a catalog ready for planning; to be kept as long as the catalog is. */
export function rulebookOf(catalog: Catalog, version: number): Rulebook {
  const notices = new Map<string, Addressed<NoticeRules>[]>();
  const cancels = new Map<string, Addressed<CancelRule>[]>();
  for (const [name, notice] of Object.entries(catalog.notices)) {
    const entry = entryOf(name, notice, catalog, version);
    for (const type of new Set(notice.on ?? [name])) enter(notices, type, entry);
    if (!notice.cancel) continue;
    const cancel: CancelRule = { notice: name, key: notice.cancel.key, defaults: entry.rule.defaults };
    for (const type of new Set(notice.cancel.on)) enter(cancels, type, { to: notice.to, rule: cancel });
  }
  return { version, notices, cancels };
}

/** What was last made of a notice, and of what else. */
interface KnownEntry extends Pick<Catalog, "classes" | "defaults"> {
  readonly entry: Addressed<NoticeRules>;
}

/** A notice is the same object for as long as it is cached, and every part of a catalog that holds it is another. */
const entries = new WeakMap<Notice, KnownEntry>();

function entryOf(name: string, notice: Notice, catalog: Catalog, version: number): Addressed<NoticeRules> {
  const { classes, defaults } = catalog;
  const known = entries.get(notice);
  const rule = known?.entry.rule;
  if (known && rule?.notice === name && rule.catalog === version && known.classes === classes && known.defaults === defaults)
    return known.entry;
  const data = notice.data && { data: variablesOf(notice.data) };
  const entry = { to: notice.to, rule: rulesOf(name, notice, catalog, version), ...data };
  entries.set(notice, { entry, classes, defaults });
  return entry;
}

function enter<Entry>(entries: Map<string, Entry[]>, type: string, entry: Entry): void {
  const known = entries.get(type);
  if (known) known.push(entry);
  else entries.set(type, [entry]);
}

/** A notice with its class's settings where it has none of its own; class settings override the defaults key by key, lists whole. */
export function rulesOf(name: string, notice: Notice, catalog: Catalog, version: number): NoticeRules {
  const settings = classSettingsOf(notice.class, catalog);
  const resendAfter = notice.class === "verification" ? (notice.resend_after ?? settings.resend_after) : undefined;
  const { locale, time_zone } = catalog.defaults ?? {};
  return {
    notice: name,
    class: notice.class,
    catalog: version,
    consent: settings.consent,
    channels: notice.channels,
    on_unclear: notice.on_unclear ?? settings.on_unclear,
    ...(notice.fallback_after !== undefined && { fallback_after_ms: durationMs(notice.fallback_after) }),
    ...(resendAfter !== undefined && { resend_after_ms: durationMs(resendAfter) }),
    ttl_ms: durationMs(notice.ttl ?? settings.ttl),
    quiet_hours: notice.quiet_hours ?? settings.quiet_hours,
    caps: [...settings.caps.map(capRule("class")), ...(notice.caps ?? []).map(capRule("notice"))],
    ...(notice.when !== undefined && { when: notice.when }),
    ...(notice.dedupe && { dedupe: { key: notice.dedupe.key, window_ms: durationMs(notice.dedupe.window) } }),
    ...(notice.digest && {
      digest: { key: notice.digest.key, window_ms: durationMs(notice.digest.window), max: notice.digest.max ?? DIGEST_MAX },
    }),
    ...(notice.cancel && { cancel_key: notice.cancel.key }),
    ...(notice.series && {
      series: notice.series.map(({ step, from, offset, time }) => ({ step, from, offset, ...(time !== undefined && { time }) })),
    }),
    defaults: { ...(locale !== undefined && { locale }), ...(time_zone !== undefined && { time_zone }) },
  };
}

function capRule(of: CapRule["of"]): (cap: Cap) => CapRule {
  return ({ max, per, over }) => ({ of, max, per_ms: durationMs(per), over });
}
