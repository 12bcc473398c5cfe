import type { MessageFilter } from "./book-tables.ts";
import type { Message } from "./message.ts";
import { messageResource, messagesPath } from "./twilio-wire.ts";

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1000;
const DAY_SECONDS = 86_400;

/** What the query of a list asks for; page tokens name the row that the neighbouring page begins or ends with. */
export interface PageQuery {
  filter: MessageFilter;
  size: number;
  page: number;
}

/**
 * Reads To, From, DateSent, `DateSent<`, `DateSent>`, PageSize, Page and PageToken. As the vendor's, both bounds of the
 * date are inclusive (`?DateSent>=2026-01-31` is the key `DateSent>`) and a message that is not sent yet has no date.
 *
 * @returns the name of the parameter that cannot be read, if there is one.
 */
export function readPageQuery(query: URLSearchParams, accountSid: string, now: number): PageQuery | string {
  const size = readWhole(query.get("PageSize"), DEFAULT_PAGE_SIZE, 1, MAX_PAGE_SIZE);
  const page = readWhole(query.get("Page"), 0, 0, Number.MAX_SAFE_INTEGER);
  // One row more than the page holds tells whether there is another page.
  const filter: MessageFilter = { account: accountSid, limit: size + 1 };
  const [to, from] = [query.get("To"), query.get("From")];
  if (to) filter.to = to;
  if (from) filter.from = from;

  const token = /^P([AB])(\d+)$/.exec(query.get("PageToken") ?? "");
  if (token?.[1] === "A") filter.older_than = Number(token[2]);
  if (token?.[1] === "B") filter.newer_than = Number(token[2]);

  for (const name of ["DateSent", "DateSent>", "DateSent<"]) {
    const value = query.get(name);
    if (!value) continue;
    const second = Math.floor(Date.parse(value) / 1000);
    if (Number.isNaN(second)) return name;
    const day = second - (second % DAY_SECONDS);
    filter.sent_by = now;
    if (name === "DateSent") [filter.sent_from, filter.sent_until] = [day, day + DAY_SECONDS - 1];
    if (name === "DateSent>") filter.sent_from = second;
    if (name === "DateSent<") filter.sent_until = second;
  }
  return { filter, size, page };
}

/** The page as the API shows it. `found` holds up to one row more than the page. */
export function pageResource(found: readonly Message[], query: URLSearchParams, asked: PageQuery, now: number) {
  const { filter, size, page } = asked;
  const path = `${messagesPath(filter.account)}.json`;
  const isBackward = filter.newer_than !== undefined;
  const hasMore = found.length > size;
  const rows = hasMore && isBackward ? found.slice(1) : found.slice(0, size);
  const link = (number: number, token: string | null) => {
    const target = new URLSearchParams(query);
    target.set("PageSize", String(size));
    target.set("Page", String(number));
    if (token === null) target.delete("PageToken");
    else target.set("PageToken", token);
    return `${path}?${target}`;
  };
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    end: page * size + Math.max(rows.length - 1, 0),
    first_page_uri: link(0, null),
    messages: rows.map((row) => messageResource(row, now)),
    next_page_uri: last && (hasMore || isBackward) ? link(page + 1, `PA${last.n}`) : null,
    page,
    page_size: size,
    previous_page_uri: first && page > 0 ? link(page - 1, `PB${first.n}`) : null,
    start: page * size,
    uri: query.size > 0 ? `${path}?${query}` : path,
  };
}

function readWhole(text: string | null, missing: number, min: number, max: number): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Math.min(Math.max(Number(text), min), max) : missing;
}
