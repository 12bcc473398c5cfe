import * as z from "zod";
import type { AuditFilter, ChainPage, ChainRow, ShownRow } from "../store/audit-pages.ts";
import { isoOf } from "../support/clock.ts";
import type { NamingKey } from "../support/hashing.ts";
import { recipientKeyOf } from "../support/names.ts";
import { auditAction, isOfEveryone } from "../vocabulary/audit.ts";
import { callerId } from "../vocabulary/identifiers.ts";
import type { Caller } from "./authenticate.ts";
import { cursor, cursorOf } from "./cursor.ts";
import { limitOf, since } from "./limit-of.ts";
import { problemResponse } from "./problem.ts";
import { parametersOf, parseAs, readOptions } from "./read-json.ts";
import { verifyChain } from "./verify-chain.ts";

export interface ShowAuditDeps {
  readonly naming: NamingKey;
  /** A tenant's rows before a place, newest first, and the place to go on from. */
  readonly listAudit: (
    tenant: string,
    filter: AuditFilter,
    before: number | undefined,
    limit: number,
  ) => Promise<{ readonly rows: readonly ShownRow[]; readonly next: number | undefined }>;
  /** A part of a tenant's chain after a place, with the row at `noted`. */
  readonly readChainPage: (tenant: string, after: number, limit: number, noted: number) => Promise<ChainPage>;
  /** The hash that a row of the tenant's chain must have after the row with the hash `before`. */
  readonly rowHash: (tenant: string, before: string, row: ChainRow) => Promise<string>;
}

/** A place in the chain, and a cursor that names one. */
const place = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const chainPlace = cursor(z.tuple([z.literal("audit"), place]).transform(([, seq]) => seq));

const query = z.strictObject({
  actor: z.string().min(1, "must not be empty").max(64).optional(),
  action: auditAction.optional(),
  target: z.string().max(300).optional(),
  recipient: callerId.optional(),
  from: since.optional(),
  to: since.optional(),
  limit: limitOf(100, 50),
  cursor: chainPlace.optional(),
});

/**
 * `GET /v1/audit?actor=&action=&target=&recipient=&from=&to=&limit=&cursor=`: who did what to which thing when, newest first. A page looks
 * back over a bounded number of rows, so it may be short, or empty, and have a `next` all the same.
 */
export async function listAudit(request: Request, { tenant }: Caller, deps: ShowAuditDeps): Promise<Response> {
  const asked = parseAs(query, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const { cursor: before, limit, recipient, ...filter } = asked.value;
  const key = recipient === undefined ? undefined : await recipientKeyOf(deps.naming, tenant, recipient);
  const { rows, next } = await deps.listAudit(tenant, { ...filter, recipient: key }, before, limit);
  return Response.json({
    audit: rows.map((row) => ({ ...row, at: isoOf(row.at), ...(isOfEveryone(row) ? { everyone: true } : {}) })),
    ...(next === undefined ? {} : { next: cursorOf("audit", next) }),
  });
}

/** So many rows are verified by one call. */
const VERIFIED_ROWS = 1_000;

const verifyBody = z.strictObject({
  /** The `next` of the call before. */
  after: place.default(0),
  /** A head that an earlier verification gave. */
  expect: z.strictObject({ seq: place, hash: z.string().max(64) }).optional(),
});

/**
 * `POST /v1/audit/verify {after?, expect?}`: whether the chain is as it was written, some thousand rows a call; `next` is the `after` of
 * the following one, which reads the row at that place anew, so nothing is taken from the caller's word. 200 whatever is found.
 */
export async function verifyAudit(request: Request, { tenant }: Caller, deps: ShowAuditDeps): Promise<Response> {
  const body = await readOptions(request, verifyBody, "The verification");
  if (!body.ok) return problemResponse(body.problem);
  const { after, expect } = body.value;
  const page = await deps.readChainPage(tenant, after, VERIFIED_ROWS, expect?.seq ?? 0);
  const verdict = await verifyChain(after, page, expect, (before, row) => deps.rowHash(tenant, before, row));
  if (!verdict.ok) return Response.json(verdict);
  const head = page.head ?? { seq: 0, hash: "" };
  return Response.json({ ...verdict, head, ...(page.more ? { next: verdict.through } : {}) });
}
