import * as z from "zod";
import type { ListedVersion, StandingCatalog } from "../store/catalogs.ts";
import { isoOf } from "../support/clock.ts";
import type { Caller } from "./authenticate.ts";
import { cursor, cursorOf } from "./cursor.ts";
import { etagOf, isKnown } from "./if-match.ts";
import { limitOf } from "./limit-of.ts";
import { NO_CATALOG } from "./no-catalog.ts";
import { problemOf, problemResponse } from "./problem.ts";
import type { PublishDeps } from "./publish-catalog.ts";
import { parametersOf, parseAs } from "./read-json.ts";

export interface ShowCatalogDeps extends Pick<PublishDeps, "standingCatalog" | "findManifest" | "findNotices"> {
  /** Versions below one, newest first. */
  readonly listVersions: (tenant: string, before: number, limit: number) => Promise<readonly ListedVersion[]>;
}

const whole = z.string().regex(/^[1-9]\d{0,14}$/, "must be a whole number from 1 on");
const shown = z.strictObject({ version: whole.transform(Number).optional() });

/** `GET /v1/catalog?version=`: a version as it was published, the one in force where none is named. */
export async function showCatalog(request: Request, { tenant }: Caller, deps: ShowCatalogDeps): Promise<Response> {
  const query = parseAs(shown, parametersOf(request), "The query");
  if (!query.ok) return problemResponse(query.problem);
  const standing = await deps.standingCatalog(tenant);
  if (!standing) return problemResponse(problemOf("not-found", NO_CATALOG));
  const { version = standing.version } = query.value;
  const manifest = await deps.findManifest(tenant, version);
  if (!manifest)
    return problemResponse(problemOf("not-found", "There is no such version of the catalog. GET /v1/catalog/versions lists them."));
  const headers = { etag: etagOf(version) };
  if (isKnown(request, version)) return new Response(null, { status: 304, headers });
  const { notices: listed, ...settings } = manifest;
  const bodies = await deps.findNotices(tenant, [...new Set(listed.map(({ hash }) => hash))]);
  // Put together from texts: thousands of notices are not read only to be written again.
  const notices = listed.map(({ name, hash }) => `${JSON.stringify(name)}:${bodies.get(hash) ?? "null"}`).join(",");
  const beginning = JSON.stringify({ ...settings, notices: {} }).slice(0, -2);
  return new Response(`${beginning}${notices}}}`, { headers: { ...headers, "content-type": "application/json" } });
}

const listed = z.strictObject({
  cursor: cursor(z.tuple([z.number().int().min(1)]).transform(([version]) => version)).optional(),
  limit: limitOf(100, 50),
});

/** `GET /v1/catalog/versions?cursor=&limit=`: who published what when, newest first. */
export async function listCatalogVersions(request: Request, { tenant }: Caller, deps: ShowCatalogDeps): Promise<Response> {
  const query = parseAs(listed, parametersOf(request), "The query");
  if (!query.ok) return problemResponse(query.problem);
  const { cursor: before = Number.MAX_SAFE_INTEGER, limit } = query.value;
  const [standing, versions] = await Promise.all([deps.standingCatalog(tenant), deps.listVersions(tenant, before, limit)]);
  const last = versions.length === limit ? versions.at(-1) : undefined;
  return Response.json({
    versions: versions.map((one) => versionView(one, standing)),
    ...(last && last.version > 1 ? { next: cursorOf(last.version) } : {}),
  });
}

function versionView({ published_at, note, summary, ...row }: ListedVersion, standing: StandingCatalog | undefined): object {
  return {
    ...row,
    published_at: isoOf(published_at),
    ...(note === null ? {} : { note }),
    active: row.version === standing?.version,
    ...(summary === null ? {} : { summary }),
  };
}
