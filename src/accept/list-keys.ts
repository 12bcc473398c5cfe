import * as z from "zod";
import type { ApiKey, KeyCursor } from "../store/keys.ts";
import { isoOf } from "../support/clock.ts";
import type { Caller } from "./authenticate.ts";
import { cursor, cursorOf } from "./cursor.ts";
import { prefixOf } from "./fresh-key.ts";
import { problemResponse } from "./problem.ts";
import { parametersOf, parseAs } from "./read-json.ts";

export interface ListKeysDeps {
  readonly now: () => number;
  /** A tenant's keys after a cursor, newest first; those that are over only where they have been so since then (milliseconds). */
  readonly listKeys: (tenant: string, since: number, after: KeyCursor | undefined, limit: number) => Promise<readonly ApiKey[]>;
}

/** How long keys that are over are still listed (30 days). */
const SHOWN_AFTER_MS = 30 * 86_400_000;
const PAGE = 100;

const place = z.tuple([z.number().int(), z.string().min(1)]).transform(([created_at, id]): KeyCursor => ({ created_at, id }));
const query = z.strictObject({ cursor: cursor(place).optional() });

/** `GET /v1/keys?cursor=`: keys without their secrets, newest first. */
export async function listKeys(request: Request, { tenant }: Caller, deps: ListKeysDeps): Promise<Response> {
  const asked = parseAs(query, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const keys = await deps.listKeys(tenant, deps.now() - SHOWN_AFTER_MS, asked.value.cursor, PAGE);
  const last = keys.length === PAGE ? keys.at(-1) : undefined;
  return Response.json({ keys: keys.map(keyView), ...(last ? { next: cursorOf(last.created_at, last.id) } : {}) });
}

/** A key as the outside sees it: times as instants, its secret's hash left out. */
export function keyView({ hash: _, tenant, ...key }: ApiKey): object {
  const { id, name, scopes, notices, event_types, created_by, rotated_from, rotated_to } = key;
  const at = (time: number | undefined): string | undefined => (time === undefined ? undefined : isoOf(time));
  return {
    id,
    prefix: prefixOf(tenant, id),
    name,
    scopes,
    notices,
    event_types,
    created_at: isoOf(key.created_at),
    created_by,
    last_used_at: at(key.last_used_at),
    expires_at: at(key.expires_at),
    rotated_from,
    rotated_to,
    revoked_at: at(key.revoked_at),
  };
}
