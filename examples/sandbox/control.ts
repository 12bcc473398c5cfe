import * as z from "zod";
import type { Book } from "./book.ts";
import { bookEntry } from "./book-entry.ts";
import { SettingName, SettingsPart } from "./settings.ts";

/** Messages on a page of the book; an answer of a Durable Object call may not exceed 32 MiB. */
const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;
const BookQuery = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(0).max(MAX_LIMIT).default(DEFAULT_LIMIT),
});

/** `GET` or `PUT /control/{name of a setting}`; a PUT replaces the setting as a whole. */
export async function controlSetting(request: Request, name: string, book: DurableObjectStub<Book>): Promise<Response> {
  const setting = SettingName.safeParse(name);
  if (!setting.success) return problem(404, `there is no /control/${name}`);
  if (request.method === "GET") return Response.json((await book.readSettings())[setting.data]);
  let body: unknown;
  try {
    body = await request.json();
  } catch {
    return problem(400, "the body is not JSON");
  }
  const part = SettingsPart.safeParse({ [setting.data]: body });
  if (!part.success) return invalid(part.error);
  return Response.json((await book.configure(part.data))[setting.data]);
}

/** `GET /control/book?after={n}&limit={n}`: all totals, and a page of messages in the order in which they were taken. */
export async function readBook(request: Request, book: DurableObjectStub<Book>): Promise<Response> {
  const query = BookQuery.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!query.success) return invalid(query.error);
  const { after, limit } = query.data;
  const [totals, messages] = await Promise.all([book.totals(), limit > 0 ? book.messagesAfter(after, limit) : []]);
  const now = Date.now();
  const next = limit > 0 && messages.length === limit ? (messages.at(-1)?.n ?? null) : null;
  return Response.json({ totals, messages: messages.map((message) => bookEntry(message, now)), next });
}

/** `GET /control/calls?after={n}&limit={n}`: every call of the sandbox's life in the order in which it came, whatever became of it. */
export async function readCalls(request: Request, book: DurableObjectStub<Book>): Promise<Response> {
  const query = BookQuery.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!query.success) return invalid(query.error);
  const { after, limit } = query.data;
  const calls = await book.callsAfter(after, limit);
  const next = limit > 0 && calls.length === limit ? (calls.at(-1)?.n ?? null) : null;
  return Response.json({ calls: calls.map((call) => ({ ...call, at: new Date(call.at).toISOString() })), next });
}

/** `POST /control/reset`: forgets messages, counts and settings. */
export async function resetBook(book: DurableObjectStub<Book>): Promise<Response> {
  await book.reset();
  return new Response(null, { status: 204 });
}

/** RFC 9457, with a JSON pointer (RFC 6901) to each place that is wrong. */
function invalid(error: z.ZodError): Response {
  const errors = error.issues.flatMap((issue) => {
    const pointer = issue.path.slice(1).map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`);
    return [{ pointer: pointer.join(""), detail: issue.message }];
  });
  return problem(422, errors.map(({ pointer, detail }) => `${pointer || "the body"}: ${detail}`).join("; "), errors);
}

function problem(status: number, detail: string, errors?: readonly { pointer: string; detail: string }[]): Response {
  return Response.json(
    { type: "about:blank", title: status === 404 ? "Not Found" : "Invalid request", status, detail, errors },
    { status, headers: { "Content-Type": "application/problem+json" } },
  );
}
