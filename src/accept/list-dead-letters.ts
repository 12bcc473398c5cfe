import * as z from "zod";
import type { LetterCursor, LetterFilter, StoredLetter } from "../store/dead-letters.ts";
import { base64urlOf, bytesOf } from "../support/base64.ts";
import { isoOf, millisecondsOf } from "../support/clock.ts";
import { noticeClass } from "../vocabulary/classes.ts";
import { deadLetterReason } from "../vocabulary/dead-letter.ts";
import { catalogName } from "../vocabulary/identifiers.ts";
import { instant } from "../vocabulary/instant.ts";
import type { Caller } from "./authenticate.ts";
import { mayTouch } from "./key-limits.ts";
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

const since = instant.transform(millisecondsOf);

/** Which letters are meant; what is left out may be anything. */
export const letterFilter = z.strictObject({
  notice: catalogName.optional(),
  class: noticeClass.optional(),
  reason: deadLetterReason.optional(),
  carrier: catalogName.optional(),
  from: since.optional(),
  to: since.optional(),
});

/** Where a page ended, as text that says nothing to callers. */
export const letterCursor = z
  .string()
  .max(512)
  .transform((text) => new TextDecoder().decode(bytesOf(text)).split(" "))
  .pipe(
    z.tuple(
      [z.string().regex(/^\d{1,15}$/), z.string().min(1), deadLetterReason],
      "is not a cursor that this list gave; begin without one",
    ),
  )
  .transform(([at, id, reason]): LetterCursor => ({ at: Number(at), id, reason }));

export function cursorOf({ at, id, reason }: LetterCursor): string {
  return base64urlOf(new TextEncoder().encode(`${at} ${id} ${reason}`));
}

const query = letterFilter.extend({
  replayed: z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .optional(),
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, "must be a number from 1 to 100")
    .transform(Number)
    .default(50),
  cursor: letterCursor.optional(),
});

/** `GET /v1/dead-letters?notice=&class=&reason=&carrier=&from=&to=&replayed=&limit=&cursor=`: messages that gave up, newest first, of the key's notices. */
export async function listDeadLetters(request: Request, { tenant, limits = {} }: Caller, deps: ListDeadLettersDeps): Promise<Response> {
  const asked = parseAs(query, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const { cursor, limit, ...filter } = asked.value;
  const letters = await deps.listDeadLetters(tenant, filter, cursor, limit);
  const last = letters.length === limit ? letters.at(-1) : undefined;
  return Response.json({
    dead_letters: letters.filter(({ notice = "" }) => mayTouch(limits, notice)).map(outsideView),
    ...(last ? { next: cursorOf(last) } : {}),
  });
}

function outsideView({ tenant: _, at, replayed_at, ...letter }: StoredLetter): object {
  return { ...letter, at: isoOf(at), ...(replayed_at === undefined ? {} : { replayed_at: isoOf(replayed_at) }) };
}
