import * as z from "zod";
import { isoOf } from "../../support/clock.ts";
import type { Outgoing } from "../../support/outgoing.ts";
import { parseJson } from "../../support/parse-json.ts";
import type { CarrierBalance, CarrierFinding, CarrierQuestion } from "./adapter.ts";
import { mailDate } from "./mail-date.ts";
import { CALL_DEADLINE_MS, headersOf, resourceOf, type TwilioAccount } from "./twilio-account.ts";
import { STATUSES } from "./twilio-callbacks.ts";
import { readError } from "./twilio-codes.ts";

/** A person gets few messages between a call and the question after it; where there is a next page, nothing is proven. */
const PAGE_SIZE = 50;

/**
 * Twilio keeps no reference of ours, so the only message since the claim with this receiver, sender and text must be ours
 * (https://www.twilio.com/docs/messaging/api/message-resource, "Retrieve a list"; the name of the filter is `DateSent>`, and it
 * does not show what is queued still). Which number a Messaging Service chose is not known beforehand.
 */
export async function query(account: TwilioAccount, question: CarrierQuestion, outgoing: Outgoing): Promise<CarrierFinding> {
  const { from } = account.settings;
  const since = Math.floor(question.since / 1000) * 1000;
  const sinceIso = isoOf(since).replace(".000Z", "Z");
  const asked = new URLSearchParams({ To: question.to, ...(from ? { From: from } : {}), "DateSent>": sinceIso, PageSize: `${PAGE_SIZE}` });
  const request = { method: "GET", url: `${resourceOf(account, "Messages.json")}?${asked}`, headers: headersOf(account) } as const;
  const result = await outgoing(request, CALL_DEADLINE_MS);
  if (result.kind !== "answered") return { kind: "unanswered", code: result.code };
  const { status, body } = result;
  if (status < 200 || status >= 300) return { kind: "unanswered", code: String(readError(status, body).code) };
  const page = parseJson(messagePage, body);
  if (!page) return { kind: "unanswered", code: String(status), detail: "the answer is no list of messages" };

  const [only, ...others] = page.messages.filter(
    (message) =>
      message.to === question.to &&
      message.body === question.text &&
      (from === undefined || message.from === from) &&
      message.direction.startsWith("outbound") &&
      (message.date_created ?? since) >= since,
  );
  if (!only || others.length > 0 || page.next_page_uri) return { kind: "absent" };
  const { sid: reference, status: word, error_code } = only;
  const code = error_code ? { code: String(error_code) } : {};
  return { kind: "found", receipt: { status: STATUSES.get(word) ?? "sent", reference, ...code } };
}

const messagePage = z.object({
  messages: z.array(
    z.object({
      sid: z.string().min(1).max(128),
      to: z.string().nullish(),
      from: z.string().nullish(),
      body: z.string().nullish(),
      direction: z.string().catch("outbound"),
      status: z.string().catch(""),
      error_code: z.coerce.number().int().positive().optional().catch(undefined),
      date_created: mailDate,
    }),
  ),
  next_page_uri: z.string().nullish(),
});

/** What is left on the account (OpenAPI document, Balance.json: "Child accounts do not contain balance information"). */
export async function balance(account: TwilioAccount, outgoing: Outgoing): Promise<CarrierBalance | undefined> {
  const request = { method: "GET", url: resourceOf(account, "Balance.json"), headers: headersOf(account) } as const;
  const result = await outgoing(request, CALL_DEADLINE_MS);
  if (result.kind !== "answered" || result.status < 200 || result.status >= 300) return undefined;
  const read = parseJson(balanceBody, result.body);
  return read && { amount: read.balance, unit: read.currency };
}

const balanceBody = z.object({
  balance: z.string().regex(/^-?\d{1,15}(\.\d{1,15})?$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
});
