import * as z from "zod";
import { parseJson } from "../../support/parse-json.ts";

/** The readable entries of a push; undefined where it is no list, or holds something and none can be read. `list`: what a list is. */
export function readEntries<Entry>(
  entry: z.ZodType<Entry>,
  body: string,
  list: z.ZodType<readonly unknown[]> = z.array(z.unknown()),
): readonly Entry[] | undefined {
  const entries = parseJson(list, body);
  const read = entries?.flatMap((one) => entry.safeParse(one).data ?? []);
  return read && (read.length > 0 || entries?.length === 0) ? read : undefined;
}
