import * as z from "zod";
import type { LetterCursor, LetterFilter, StoredLetter } from "../store/dead-letters.ts";
import { isoOf } from "../support/clock.ts";
import { noticeClass } from "../vocabulary/classes.ts";
import { deadLetterReason } from "../vocabulary/dead-letter.ts";
import { catalogName } from "../vocabulary/identifiers.ts";
import type { Caller } from "./authenticate.ts";
import { cursor, cursorOf } from "./cursor.ts";
import { mayTouch } from "./key-limits.ts";
import { limitOf, since } from "./limit-of.ts";
import { problemResponse } from "./problem.ts";
import { parametersOf, parseAs } from "./read-json.ts";

export interface ListDeadLettersDeps {
  /** A tenant's letters after a cursor, newest first. */
  readonly listDeadLetters: (
    tenant: string,
    filter: LetterFilter,
    after: LetterCursor | undefined,
    limit: number,
  ) => Promise<readonly StoredLetter[]>;
}

/** Which letters are meant; what is left out may be anything. */
export const letterFilter = z.strictObject({
  notice: catalogName.optional(),
  class: noticeClass.optional(),
  reason: deadLetterReason.optional(),
  carrier: catalogName.optional(),
  from: since.optional(),
  to: since.optional(),
});

/** Where a list of letters goes on. */
export const letterCursor = cursor(
  z.tuple([z.number().int(), z.string().min(1), deadLetterReason]).transform(([at, id, reason]): LetterCursor => ({ at, id, reason })),
);

export function afterLetter({ at, id, reason }: LetterCursor): string {
  return cursorOf(at, id, reason);
}

const query = letterFilter.extend({
  replayed: z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .optional(),
  limit: limitOf(100, 50),
  cursor: letterCursor.optional(),
});

/** `GET /v1/dead-letters?notice=&class=&reason=&carrier=&from=&to=&replayed=&limit=&cursor=`: messages that gave up, newest first, of the key's notices. */
export async function listDeadLetters(request: Request, { tenant, limits = {} }: Caller, deps: ListDeadLettersDeps): Promise<Response> {
  const asked = parseAs(query, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const { cursor: after, limit, ...filter } = asked.value;
  const letters = await deps.listDeadLetters(tenant, filter, after, limit);
  const last = letters.length === limit ? letters.at(-1) : undefined;
  return Response.json({
    dead_letters: letters.filter(({ notice = "" }) => mayTouch(limits, notice)).map(outsideView),
    ...(last ? { next: afterLetter(last) } : {}),
  });
}

function outsideView({ tenant: _, at, replayed_at, ...letter }: StoredLetter): object {
  return { ...letter, at: isoOf(at), ...(replayed_at === undefined ? {} : { replayed_at: isoOf(replayed_at) }) };
}
