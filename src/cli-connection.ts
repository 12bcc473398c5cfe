import * as z from "zod";
import type { Issue } from "./support/issues.ts";

/** Where the router is and who asks. */
export const connection = z.object({ url: z.url(), key: z.string().optional(), json: z.boolean().optional() });
export type Connection = z.infer<typeof connection>;

/** Something that the person at the keyboard can mend; its message is what is printed. */
export class Refused extends Error {}

/** What the router does not take, with the places that are wrong. */
export class RefusedBody extends Refused {
  readonly summary: string;
  readonly issues: readonly Issue[];
  constructor(summary: string, issues: readonly Issue[]) {
    super(summary + issues.map(({ pointer, detail }) => `\n  ${pointer || "(whole)"} ${detail}`).join(""));
    this.summary = summary;
    this.issues = issues;
  }
}

const problem = z.object({
  title: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});

/** One call to the router; a refusal is thrown in its own words, with every place that is wrong. */
export async function ask<Schema extends z.ZodType>(
  { url, key }: Connection,
  method: string,
  path: string,
  schema: Schema,
  body?: object,
): Promise<z.infer<Schema>> {
  if (key === undefined) throw new Refused("a key is needed: give --key or set CARILLON_KEY");
  const response = await fetch(url.replace(/\/+$/, "") + path, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).catch((error: unknown) => {
    throw new Refused(`${url} cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return schema.parse(answer);
  const told = problem.safeParse(answer);
  if (!told.success) throw new Refused(`${path} answered ${response.status}`);
  throw new RefusedBody(`${told.data.title}: ${told.data.detail}`, told.data.errors ?? []);
}

/** How many went back, in words; `of` says whose. */
export function putBack(count: number, of = ""): string {
  return count === 1 ? `1 message${of} was put back into its lane` : `${count} messages${of} were put back into their lanes`;
}

export function print(as: Connection, value: object, words: string): void {
  process.stdout.write(`${as.json ? JSON.stringify(value) : words}\n`);
}
