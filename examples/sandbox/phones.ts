import type { Book } from "./book.ts";
import { phonePage, phonesPage } from "./phones-page.ts";

/** More than anybody scrolls through; the page says how many it leaves out. */
const SHOWN_PHONES = 500;

/** `GET /phones`: the handsets that got something, the latest first, at most 500. */
export async function listPhones(request: Request, book: DurableObjectStub<Book>): Promise<Response> {
  const [phones, totals] = await Promise.all([book.phones(SHOWN_PHONES), book.totals()]);
  if (wantsJson(request)) {
    const shown = phones.map((phone) => ({ ...phone, last_at: new Date(phone.last_at).toISOString() }));
    return Response.json({ phones: shown, total: totals.handsets });
  }
  return page(phonesPage(phones, totals.handsets));
}

/** `GET /phones/{number}`; the number with `+`, with `%2B`, or without a plus. */
export async function readPhone(request: Request, segment: string, book: DurableObjectStub<Book>): Promise<Response> {
  const number = readNumber(segment);
  if (number === undefined) return new Response("Not a phone number.\n", { status: 404 });
  const messages = (await book.phone(number)).map((message) => ({
    sid: message.sid,
    from: message.from_sender,
    carrier: message.carrier,
    channel: message.channel,
    text: message.body,
    media: message.media,
    received_at: new Date(message.accepted_at).toISOString(),
  }));
  return wantsJson(request) ? Response.json({ number, messages }) : page(phonePage(number, messages));
}

function readNumber(segment: string): string | undefined {
  const digits = /^(?:\+|%2B)?(\d{3,15})$/i.exec(segment)?.[1];
  return digits === undefined ? undefined : `+${digits}`;
}

/** A browser names both and wants the page. */
function wantsJson(request: Request): boolean {
  const accept = request.headers.get("Accept") ?? "";
  return accept.includes("application/json") && !accept.includes("text/html");
}

/** What people were sent is not to be trusted: nothing on these pages may run or load. */
function page(html: string): Response {
  return new Response(html, {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
    },
  });
}
