import type { ListedNotice } from "../vocabulary/catalog-manifest.ts";

/** The notices of one version, found without their bodies. */
export interface CatalogIndex {
  /** By name, in catalog order. */
  readonly names: ReadonlyMap<string, ListedNotice>;
  /** By each event type that means them, in catalog order: first all types that notices are on, then those that only cancel. */
  readonly types: ReadonlyMap<string, readonly ListedNotice[]>;
  /** Where each stands. */
  readonly places: ReadonlyMap<ListedNotice, number>;
}

/** Which notices are asked for: those that events of these types mean, and those of these names. */
export interface WantedNotices {
  readonly types?: readonly string[];
  readonly names?: readonly string[];
}

export function indexOf(listed: readonly ListedNotice[]): CatalogIndex {
  const types = new Map<string, Set<ListedNotice>>();
  const enter = (type: string, notice: ListedNotice): void => {
    const known = types.get(type);
    if (known) known.add(notice);
    else types.set(type, new Set([notice]));
  };
  for (const notice of listed) for (const type of notice.on ?? [notice.name]) enter(type, notice);
  for (const notice of listed) for (const type of notice.cancel_on ?? []) enter(type, notice);
  return {
    names: new Map(listed.map((notice) => [notice.name, notice])),
    types: new Map(Array.from(types, ([type, notices]) => [type, [...notices]])),
    places: new Map(listed.map((notice, place) => [notice, place])),
  };
}

/** The notices asked for, in catalog order; names and types that there are not bring none. */
export function noticesIn({ names, types, places }: CatalogIndex, wanted: WantedNotices): ListedNotice[] {
  const found = new Set([
    ...(wanted.types ?? []).flatMap((type) => types.get(type) ?? []),
    ...(wanted.names ?? []).flatMap((name) => names.get(name) ?? []),
  ]);
  return [...found].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}
