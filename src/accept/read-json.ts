import type * as z from "zod";
import { issuesOf } from "../support/issues.ts";
import { fine, invalidIn, type Outcome, type Rejected, wrong } from "./problem.ts";

export const REQUEST_MAX_BYTES = 256 * 1024;

/**
 * So much beyond its limit is read and thrown away: who is cut off while he writes may see a broken connection instead of the answer.
 * It is what Cloudflare lets through to a Worker on most plans (100 MB; https://developers.cloudflare.com/workers/platform/limits/).
 */
const READ_ON_MAX_BYTES = 100 * 1024 * 1024;

/** Reads a body as text and keeps no more of it than the limit, whether or not its length is declared. */
export async function readText(request: Request, maxBytes = REQUEST_MAX_BYTES): Promise<Outcome<string>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size <= maxBytes) chunks.push(chunk);
    else if (size > maxBytes + READ_ON_MAX_BYTES) break;
  }
  if (size > maxBytes) return wrong("too-large", `A request may have ${maxBytes} bytes. Send less at once.`);
  try {
    return fine(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(Buffer.concat(chunks)));
  } catch {
    return wrong("bad-json", "The body is not UTF-8. Encode it as UTF-8.");
  }
}

/** No honest body has it, and what JavaScript makes of it differs from place to place. */
const PROTOTYPE_KEY = /"__proto__"\s*:/;

export function parseJson(text: string, what = "The body"): Outcome<unknown> {
  if (PROTOTYPE_KEY.test(text)) return wrong("bad-json", `${what} has a key __proto__, which is not taken. Give it another name.`);
  try {
    const value: unknown = JSON.parse(text);
    return fine(value);
  } catch (error) {
    return wrong("bad-json", `${what} is not JSON: ${error instanceof Error ? error.message : "it cannot be read"}.`);
  }
}

/** Parses a value by its schema; all issues at once, each with its pointer. */
export function parseAs<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): Outcome<z.infer<Schema>> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return fine(parsed.data);
  return invalidIn(what, issuesOf(parsed.error));
}

/** The content type without its parameters; JSON where none is said. */
export function mediaTypeOf(request: Request): string {
  return request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "application/json";
}

/** A JSON body by its schema. */
export async function readJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  what: string,
  maxBytes = REQUEST_MAX_BYTES,
  parse = parseJson,
): Promise<Outcome<z.infer<Schema>>> {
  const text = notJson(request) ?? (await readText(request, maxBytes));
  return text.ok ? jsonAs(schema, text.value, what, parse) : text;
}

/** A body of which every field may be left out: so may the body, whatever its content type. */
export async function readOptions<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  what: string,
): Promise<Outcome<z.infer<Schema>>> {
  const text = await readText(request);
  if (!text.ok) return text;
  return text.value === "" ? parseAs(schema, {}, what) : (notJson(request) ?? jsonAs(schema, text.value, what));
}

function notJson(request: Request): Rejected | undefined {
  const type = mediaTypeOf(request);
  if (type === "application/json" || type.endsWith("+json")) return undefined;
  return wrong("unsupported-media-type", `The content type is ${type}. Send application/json.`);
}

function jsonAs<Schema extends z.ZodType>(schema: Schema, text: string, what: string, parse = parseJson): Outcome<z.infer<Schema>> {
  const json = parse(text);
  return json.ok ? parseAs(schema, json.value, what) : json;
}

/** The parameters of a request's query; one that stands twice is a list, which no schema takes. */
export function parametersOf(request: Request): Record<string, string | string[]> {
  const { searchParams } = new URL(request.url);
  return Object.fromEntries([...new Set(searchParams.keys())].map((name) => [name, oneOrAll(searchParams.getAll(name))]));
}

function oneOrAll(values: string[]): string | string[] {
  const [only, ...more] = values;
  return only !== undefined && more.length === 0 ? only : values;
}
