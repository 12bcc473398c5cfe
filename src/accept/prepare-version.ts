import { type StoredNotice, VALUE_MAX_BYTES } from "../store/catalogs.ts";
import { contentHashOf } from "../support/hashing.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import type { Notice } from "../vocabulary/catalog.ts";
import type { CatalogManifest, ListedNotice } from "../vocabulary/catalog-manifest.ts";
import type { CarrierDeps } from "./check-carriers.ts";
import { readCatalog } from "./check-catalog.ts";
import { fine, invalidIn, type Outcome, type Rejected } from "./problem.ts";

const TOLD_MAX = 200;

/** A catalog that may be published, in the parts that it is stored in. */
export interface PreparedVersion {
  readonly manifest: CatalogManifest;
  /** The manifest as it is written. */
  readonly text: string;
  readonly notices: readonly StoredNotice[];
}

/** Checks a catalog whole and takes it apart. `what` begins the sentence that says where it is not valid. */
export async function prepareVersion(
  value: unknown,
  tenant: string,
  deps: CarrierDeps,
  what = "The catalog",
): Promise<Outcome<PreparedVersion>> {
  const { catalog, issues } = readCatalog(value, tenant, deps);
  if (!catalog || issues.length > 0) return refused(issues, what);
  const { notices, ...settings } = catalog;
  const parts = await Promise.all(Object.entries(notices).map(([name, notice]) => partOf(name, notice)));
  const manifest = { ...settings, notices: parts.map(({ listed }) => listed) };
  const text = JSON.stringify(manifest);
  const tooLong = [
    ...parts.flatMap(({ listed, stored }) => tooLongIssues(stored.body, ["notices", listed.name])),
    ...tooLongIssues(text, ["notices"]).map(({ pointer }) => ({ pointer, detail: "are too many: their list must fit into a row of D1" })),
  ];
  return tooLong.length > 0 ? refused(tooLong, what) : fine({ manifest, text, notices: parts.map(({ stored }) => stored) });
}

function refused(issues: readonly Issue[], what: string): Rejected {
  const first = issues.length > TOLD_MAX ? ` The first ${TOLD_MAX} of ${issues.length} are named.` : "";
  const { problem } = invalidIn(what, issues, `; nothing was published.${first}`);
  return { ok: false, problem: { ...problem, errors: problem.errors?.slice(0, TOLD_MAX) ?? [] } };
}

async function partOf(name: string, notice: Notice): Promise<{ readonly listed: ListedNotice; readonly stored: StoredNotice }> {
  const body = JSON.stringify(notice);
  const hash = await contentHashOf(body);
  return { stored: { hash, body }, listed: listedOf(name, hash, notice) };
}

/** A notice as manifests list it. */
export function listedOf(name: string, hash: string, { class: noticeClass, on, cancel }: Notice): ListedNotice {
  return { name, hash, class: noticeClass, ...(on ? { on } : {}), ...(cancel ? { cancel_on: cancel.on } : {}) };
}

function tooLongIssues(text: string, path: readonly PropertyKey[]): Issue[] {
  // Three bytes are the most that a UTF-16 unit takes.
  if (text.length * 3 <= VALUE_MAX_BYTES) return [];
  const bytes = new TextEncoder().encode(text).byteLength;
  return bytes <= VALUE_MAX_BYTES ? [] : [issueAt(path, `has ${bytes} bytes, and may have ${VALUE_MAX_BYTES}`)];
}
