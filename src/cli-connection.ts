import * as z from "zod";
import type { Issue } from "./support/issues.ts";
import { type Line, LineSplitter } from "./support/split-lines.ts";

/** Where the router is and who asks. */
export const connection = z.object({ url: z.url(), key: z.string().optional(), json: z.boolean().optional() });
export type Connection = z.infer<typeof connection>;

/** Something that the person at the keyboard can mend; its message is what is printed. */
export class Refused extends Error {}

/** It cannot be done now: the router cannot be reached, is busy or broke off. The same again may do. */
export class Unavailable extends Refused {}

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

/** What the router took and finds odd all the same. */
const warned = z.object({ warnings: problem.shape.errors.unwrap() });

/** One call to the router; a refusal is thrown in its own words, with every place that is wrong. Warnings go to stderr. */
export async function ask<Schema extends z.ZodType>(
  { url, key }: Connection,
  method: string,
  path: string,
  schema: Schema,
  body?: object,
  more: Readonly<Record<string, string>> = {},
): Promise<z.infer<Schema>> {
  if (key === undefined) throw new Refused("a key is needed: give --key or set CARILLON_KEY");
  const response = await fetch(url.replace(/\/+$/, "") + path, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...more },
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).catch((error: unknown) => {
    throw new Refused(`${url} cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refusalOf(answer, path, response.status);
  for (const { pointer, detail } of warned.safeParse(answer).data?.warnings ?? [])
    process.stderr.write(legible(`warning: ${pointer} ${detail}\n`));
  return schema.parse(answer);
}

/** A line is held until it ends; answers have none that is nearly as long. */
const LINE_MAX_BYTES = 16 * 1024 * 1024;

/**
 * One call whose answer is NDJSON: each line as it comes, parsed. `lines`: NDJSON to be sent. Throws `Unavailable` where it cannot be done
 * now or the answer breaks off, and what is refused in the router's own words.
 */
export async function* askLines({ url, key }: Connection, method: string, path: string, lines?: string): AsyncGenerator<unknown> {
  if (key === undefined) throw new Refused("a key is needed: give --key or set CARILLON_KEY");
  const lost = (error: unknown): never => {
    throw new Unavailable(`${url} cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
  };
  const response = await fetch(url.replace(/\/+$/, "") + path, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
    ...(lines === undefined ? {} : { body: lines }),
  }).catch(lost);
  if (!response.ok) {
    const answer: unknown = await response.json().catch(() => undefined);
    const passing = response.status === 429 || response.status >= 500;
    if (passing) throw new Unavailable(`${path} answered ${response.status}`);
    throw refusalOf(answer, path, response.status);
  }
  const splitter = new LineSplitter(LINE_MAX_BYTES);
  const reader = response.body?.getReader();
  for (let part = await reader?.read().catch(lost); part && !part.done; part = await reader?.read().catch(lost))
    for (const line of splitter.push(part.value)) yield parsedLine(line);
  for (const line of splitter.end()) yield parsedLine(line);
}

function parsedLine(line: Line): unknown {
  if ("unreadable" in line) throw new Refused(`a line of the answer ${line.unreadable}`);
  try {
    return JSON.parse(line.text);
  } catch {
    throw new Unavailable("the answer broke off within a line");
  }
}

function refusalOf(answer: unknown, path: string, status: number): Refused {
  const told = problem.safeParse(answer);
  if (!told.success) return new Refused(`${path} answered ${status}`);
  return new RefusedBody(`${told.data.title}: ${told.data.detail}`, told.data.errors ?? []);
}

/** How many went back, in words; `of` says whose. */
export function putBack(count: number, of = ""): string {
  return count === 1 ? `1 message${of} was put back into its lane` : `${count} messages${of} were put back into their lanes`;
}

export function print(as: Connection, value: object, words: string): void {
  process.stdout.write(`${legible(as.json ? JSON.stringify(value) : words)}\n`);
}

/** What is told may hold control characters, which a terminal would obey: they are shown as JSON writes them, and lines stay lines. */
export function legible(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
