import * as z from "zod";
import { askLines, type Connection, legible } from "./cli-connection.ts";

/** Pages one after another: each is asked for by the cursor that the one before gave, the first by none, until one gives none. */
export async function* pagesOf<Cursor extends string | number, Page extends { readonly next?: Cursor | undefined }>(
  read: (cursor: Cursor | undefined) => Promise<Page>,
): AsyncGenerator<Page> {
  let cursor: Cursor | undefined;
  do {
    const page: Page = await read(cursor);
    yield page;
    cursor = page.next;
  } while (cursor !== undefined);
}

/** All that stands in the pages of a list. */
export async function gather<Page extends { readonly next?: string | undefined }, Item>(
  read: (cursor: string | undefined) => Promise<Page>,
  itemsOf: (page: Page) => readonly Item[],
): Promise<Item[]> {
  const found: Item[] = [];
  for await (const page of pagesOf(read)) found.push(...itemsOf(page));
  return found;
}

/** Parameters that are set, as an address takes them: `?a=b`, or nothing where there are none. */
export function queryOf(parameters: Readonly<Record<string, string | true | undefined>>): string {
  const set = Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return set.length === 0 ? "" : `?${new URLSearchParams(set)}`;
}

/** How a page says that the list goes on. */
export function moreOf({ next }: { readonly next?: string | undefined }): readonly string[] {
  return next === undefined ? [] : [`more with --cursor ${next}`];
}

/** The last line of an answer that is not the last. */
const goesOn = z.strictObject({ next: z.string() });

/** Prints what an address answers as NDJSON, a line each; a long list comes in several answers. */
export async function printLines(as: Connection, path: string, parameters: Parameters<typeof queryOf>[0] = {}): Promise<void> {
  const read = async (cursor: string | undefined) => {
    let next: string | undefined;
    for await (const value of askLines(as, "GET", path + queryOf({ ...parameters, cursor }))) {
      const end = goesOn.safeParse(value);
      if (end.success) next = end.data.next;
      else process.stdout.write(`${legible(JSON.stringify(value))}\n`);
    }
    return { next };
  };
  for await (const _ of pagesOf(read));
}
