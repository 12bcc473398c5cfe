import { acceptEvents } from "./accept/accept-events.ts";
import { listDeadLetters } from "./accept/list-dead-letters.ts";
import { recover } from "./accept/recover.ts";
import { replayDeadLetters } from "./accept/replay-dead-letters.ts";
import { listMessages, showMessage } from "./accept/show-messages.ts";
import { cancelKey, cancelMessage, rescheduleKey, verifiedMessage } from "./accept/take-back-messages.ts";
import { takeReceipts } from "./accept/take-callback.ts";
import type { Line } from "./routes-line.ts";

/** Events, what became of them, and what carriers report. */
export const MESSAGES_LINES: readonly Line[] = [
  { method: "GET", path: "/healthz", scope: "open", handle: () => Response.json({ status: "ok" }) },
  {
    method: "POST",
    path: "/v1/events",
    scope: "events",
    byNotice: true,
    handle: (request, _, { accept }, caller) => acceptEvents(request, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/recipients/:id/cancel",
    scope: "admin",
    handle: (request, { id = "" }, { accept }, caller) => cancelKey(request, id, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/recipients/:id/reschedule",
    scope: "admin",
    handle: (request, { id = "" }, { accept }, caller) => rescheduleKey(request, id, caller, accept),
  },
  { method: "POST", path: "/v1/recover", scope: "admin", handle: (request, _, { accept }, caller) => recover(request, caller, accept) },
  {
    method: "GET",
    path: "/v1/dead-letters",
    scope: "read",
    byNotice: true,
    handle: (request, _, { accept }, caller) => listDeadLetters(request, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/dead-letters/replay",
    scope: "admin",
    handle: (request, _, { accept }, caller) => replayDeadLetters(request, caller, accept),
  },
  {
    method: "GET",
    path: "/v1/messages",
    scope: "read",
    byNotice: true,
    handle: (request, _, { accept }, caller) => listMessages(request, caller, accept),
  },
  {
    method: "GET",
    path: "/v1/messages/:id",
    scope: "read",
    byNotice: true,
    handle: (_request, { id = "" }, { accept }, caller) => showMessage(id, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/messages/:id/cancel",
    scope: "events",
    byNotice: true,
    handle: (_request, { id = "" }, { accept }, caller) => cancelMessage(id, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/messages/:id/verified",
    scope: "events",
    byNotice: true,
    handle: (_request, { id = "" }, { accept }, caller) => verifiedMessage(id, caller, accept),
  },
  {
    // Vendors' consoles look at an address before they post to it.
    method: "GET",
    path: "/carriers/:tenant/:carrier/:token/receipts",
    scope: "open",
    handle: (request, { tenant = "", carrier = "", token = "" }, { accept }) => takeReceipts(request, { tenant, carrier, token }, accept),
  },
  {
    method: "POST",
    path: "/carriers/:tenant/:carrier/:token/receipts",
    scope: "open",
    handle: (request, { tenant = "", carrier = "", token = "" }, { accept }) => takeReceipts(request, { tenant, carrier, token }, accept),
  },
];
