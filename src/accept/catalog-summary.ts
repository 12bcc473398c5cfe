import type { StoredManifest } from "../store/catalogs.ts";
import { type CatalogSummary, type ListedNotice, NAMES_KEPT } from "../vocabulary/catalog-manifest.ts";

const EMPTY: StoredManifest = { notices: [] };

/** What a catalog changes against the one before; against none all is added. */
export function summaryOf(after: StoredManifest, before: StoredManifest = EMPTY): CatalogSummary {
  const [was, is] = [hashesOf(before), hashesOf(after)];
  const added = [...is.keys()].filter((name) => !was.has(name));
  const removed = [...was.keys()].filter((name) => !is.has(name));
  const changed = [...is].filter(([name, hash]) => was.has(name) && was.get(name) !== hash).map(([name]) => name);
  const kept = (notices: readonly ListedNotice[]): string =>
    JSON.stringify(notices.map(({ name }) => name).filter((name) => was.has(name) && is.has(name)));
  const { notices: listedBefore, ...settingsBefore } = before;
  const { notices: listedAfter, ...settingsAfter } = after;
  const [old, now] = [Object.entries(settingsBefore), Object.entries(settingsAfter)].map(
    (entries) => new Map(entries.map(([section, value]) => [section, JSON.stringify(value)])),
  );
  const sections = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].filter((key) => old?.get(key) !== now?.get(key));
  return {
    added: added.slice(0, NAMES_KEPT),
    removed: removed.slice(0, NAMES_KEPT),
    changed: changed.slice(0, NAMES_KEPT),
    settings: kept(listedBefore) === kept(listedAfter) ? sections : [...sections, "order"],
    counts: { added: added.length, removed: removed.length, changed: changed.length },
  };
}

/** Whether the catalog is the one before: settings, notices and their order. */
export function changesNothing({ counts, settings }: CatalogSummary): boolean {
  return settings.length + counts.added + counts.removed + counts.changed === 0;
}

/** Notices that SQL once moved have names for hashes: one that is the same counts as changed once. */
function hashesOf({ notices }: StoredManifest): ReadonlyMap<string, string> {
  return new Map(notices.map(({ name, hash }) => [name, hash]));
}
