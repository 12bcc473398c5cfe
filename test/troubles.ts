import type { NoticeClass } from "../src/vocabulary/classes.ts";

/** How a message ends, and how many texts its handset then has. */
export interface End {
  readonly state: "delivered" | "undelivered" | "failed" | "unknown";
  readonly texts: number;
  /** Carrier calls that were made for it. */
  readonly calls: number;
}

/** What goes wrong at the carrier, and how a message of each class must end. */
export interface Trouble {
  readonly what: string;
  /** Rules of the sandbox for this message's number alone. */
  readonly rules: readonly object[];
  /** Beginning of the number, where its country has a carrier of its own (see path-once.test.ts); else the sandbox's. */
  readonly prefix?: string;
  readonly ends: Readonly<Record<NoticeClass, End>>;
}

/** Numbers of the United States go to a carrier that drops connections, British ones to an address where nobody listens. */
export const DROPPING_PREFIX = "+1415555";
export const CLOSED_PREFIX = "+44740012";

/** Longer than the router waits for an answer (10 s at this carrier). */
const HANG_MS = 11_000;

/** The same for the classes that resend after an unclear call, and the same for the classes that stop. */
function ends(resending: End, stopping: End): Trouble["ends"] {
  return { verification: resending, transactional: resending, service: stopping, marketing: stopping };
}

function alike(end: End): Trouble["ends"] {
  return ends(end, end);
}

const UNKNOWN_ONCE: End = { state: "unknown", texts: 1, calls: 1 };
const UNKNOWN_TWICE: End = { state: "unknown", texts: 2, calls: 2 };
const DELIVERED: End = { state: "delivered", texts: 1, calls: 1 };
/** Before it sends once more, a transactional message asks the carrier, which has it. */
const FOUND = DELIVERED;
const DELIVERED_BY_THE_SECOND: End = { state: "delivered", texts: 1, calls: 2 };
const NEVER_TAKEN: End = { state: "unknown", texts: 0, calls: 1 };
const NEVER_ANSWERED_TWICE: End = { state: "unknown", texts: 0, calls: 2 };
const REFUSED: End = { state: "failed", texts: 0, calls: 1 };

/** A receipt that comes before the answer is there in time, however slow the machine is. */
const RECEIPT = { fault: "receipt_early" };
const NO_RECEIPT = { fault: "receipt_lost" };

/** The rule of the second SMS, cell by cell; docs/delivery.md has the table. */
export const TROUBLES: readonly Trouble[] = [
  {
    what: "the carrier is silent after it took the message, and no receipt comes",
    rules: [
      { fault: "timeout_after", ms: HANG_MS, first: 1 },
      { ...NO_RECEIPT, first: 1 },
    ],
    ends: { ...ends({ state: "delivered", texts: 2, calls: 2 }, UNKNOWN_ONCE), transactional: FOUND },
  },
  {
    what: "the carrier is silent after it took the message, and its receipt comes",
    rules: [{ fault: "timeout_after", ms: HANG_MS }, RECEIPT],
    ends: alike(DELIVERED),
  },
  {
    what: "the carrier is silent and has not taken the message",
    rules: [{ fault: "timeout_before", ms: HANG_MS, first: 1 }],
    ends: ends(DELIVERED_BY_THE_SECOND, NEVER_TAKEN),
  },
  {
    what: "every call is answered 500 after the message was taken, and no receipt comes",
    rules: [{ fault: "status_500_after" }, NO_RECEIPT],
    ends: { ...ends(UNKNOWN_TWICE, UNKNOWN_ONCE), transactional: FOUND },
  },
  {
    what: "the call is answered 503 after the message was taken, and its receipt comes",
    rules: [{ fault: "status_503_after" }, RECEIPT],
    ends: alike(DELIVERED),
  },
  {
    what: "the first call is answered 500 and the message was not taken",
    rules: [{ fault: "status_500_before", first: 1 }],
    ends: ends(DELIVERED_BY_THE_SECOND, NEVER_TAKEN),
  },
  {
    what: "Cloudflare could not connect (521)",
    rules: [{ fault: "status_521", first: 1 }],
    ends: alike(DELIVERED_BY_THE_SECOND),
  },
  {
    what: "Cloudflare could not resolve the name (530)",
    rules: [{ fault: "status_530", first: 1 }],
    ends: alike(DELIVERED_BY_THE_SECOND),
  },
  {
    what: "the carrier is asked too fast (429)",
    rules: [{ fault: "status_429", retry_after: 1, first: 1 }],
    ends: alike(DELIVERED_BY_THE_SECOND),
  },
  {
    what: "the carrier refuses the number",
    rules: [{ fault: "refuse", code: 21614 }],
    ends: alike(REFUSED),
  },
  {
    what: "it is taken and no receipt ever comes",
    rules: [NO_RECEIPT],
    ends: alike(UNKNOWN_ONCE),
  },
  {
    what: "its receipt says that it will not arrive",
    rules: [{ fault: "undelivered", error_code: 30003 }],
    ends: alike({ state: "undelivered", texts: 0, calls: 1 }),
  },
  {
    what: "the connection drops after the call was written",
    rules: [],
    prefix: DROPPING_PREFIX,
    ends: ends(NEVER_ANSWERED_TWICE, NEVER_TAKEN),
  },
  {
    what: "nobody listens at the carrier's address",
    rules: [],
    prefix: CLOSED_PREFIX,
    ends: ends(NEVER_ANSWERED_TWICE, NEVER_TAKEN),
  },
];
