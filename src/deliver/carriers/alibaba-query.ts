import * as z from "zod";
import type { Outgoing, OutgoingResult } from "../../support/outgoing.ts";
import { parseJson } from "../../support/parse-json.ts";
import type { CarrierFinding, CarrierQuestion } from "./adapter.ts";
import { type AlibabaAccount, callAlibaba } from "./alibaba-account.ts";
import { bareNumber } from "./alibaba-numbers.ts";
import { chinaDayOf, chinaTime } from "./china-time.ts";
import { CODE_MAX } from "./vendor-meaning.ts";

/** "Valid values: 1 to 50". A number gets some 50 messages a day at most, by the vendor's own limits. */
const PAGE_SIZE = 50;
const PAGES_MAX = 3;
/** A call is made well within this time from its claim: near midnight it may be on the next day. */
const CALLED_WITHIN_MS = 10 * 60_000;
/** The vendor's clock may be behind ours by as much. */
const CLOCKS_DIFFER_MS = 5_000;

/**
 * QuerySendDetails: what a number was sent on a day of China's (https://help.aliyun.com/document_detail/419277.html). A message is
 * ours where OutId is its id to the letter; those of a call for several have no such OutId and are not found. It knows of no 5G
 * messages.
 */
export async function query(account: AlibabaAccount, question: CarrierQuestion, outgoing: Outgoing): Promise<CarrierFinding> {
  if (question.channel !== "sms") return { kind: "absent" };
  const days = new Set([question.since, question.since + CALLED_WITHIN_MS].map(chinaDayOf));
  for (const day of days) {
    const finding = await queryDay(account, question, day, outgoing);
    if (finding.kind !== "absent") return finding;
  }
  return { kind: "absent" };
}

async function queryDay(account: AlibabaAccount, question: CarrierQuestion, day: string, outgoing: Outgoing): Promise<CarrierFinding> {
  const found: Detail[] = [];
  for (let page = 1; page <= PAGES_MAX; page++) {
    const query = { PhoneNumber: bareNumber(question.to), SendDate: day, PageSize: String(PAGE_SIZE), CurrentPage: String(page) };
    const result = await callAlibaba(account, { action: "QuerySendDetails", query }, outgoing);
    const shown = readDetails(result);
    if (shown.kind === "unanswered") return found.length > 0 ? findingOf(found, question.since) : shown;
    found.push(...shown.details.filter(({ OutId }) => OutId === question.message));
    if (page * PAGE_SIZE >= shown.total) break;
  }
  return findingOf(found, question.since);
}

/**
 * Arrived comes before waiting, waiting before failed: of several attempts of one message, whichever may be with the person counts. A
 * failed one counts only where it is not older than the attempt that is asked about.
 */
function findingOf(details: readonly Detail[], since: number): CarrierFinding {
  const recent = ({ SendDate = since }: Detail): boolean => SendDate >= since - CLOCKS_DIFFER_MS;
  const best =
    details.find(({ SendStatus }) => SendStatus === ARRIVED) ??
    details.find(({ SendStatus }) => SendStatus !== FAILED) ??
    details.find(recent);
  if (!best) return { kind: "absent" };
  const { SendStatus, ErrCode, ReceiveDate } = best;
  const status = SendStatus === ARRIVED ? "delivered" : SendStatus === FAILED ? "undelivered" : "sent";
  const at = SendStatus === ARRIVED || SendStatus === FAILED ? ReceiveDate : undefined;
  return {
    kind: "found",
    receipt: { status, ...(status === "undelivered" && ErrCode ? { code: ErrCode } : {}), ...(at === undefined ? {} : { at }) },
  };
}

type Shown =
  | { readonly kind: "details"; readonly details: readonly Detail[]; readonly total: number }
  | Extract<CarrierFinding, { kind: "unanswered" }>;

/** HTTP 200 is no success: `Code` decides. */
function readDetails(result: OutgoingResult): Shown {
  if (result.kind !== "answered") return { kind: "unanswered", code: result.code };
  const answer = parseJson(answerBody, result.body);
  if (answer?.Code !== "OK") return { kind: "unanswered", code: (answer?.Code ?? String(result.status)).slice(0, CODE_MAX) };
  const details = answer.SmsSendDetailDTOs.SmsSendDetailDTO.flatMap((one) => detail.safeParse(one).data ?? []);
  return { kind: "details", details, total: answer.TotalCount };
}

/** 1 waits for a receipt, 2 failed, 3 arrived. Anything else still shows that the vendor has the message. */
const FAILED = 2;
const ARRIVED = 3;

/** BizId is not among them: the receipts that follow bring it. */
const detail = z.object({
  OutId: z.string(),
  SendStatus: z.coerce.number().catch(0),
  ErrCode: z.string().max(CODE_MAX).optional().catch(undefined),
  SendDate: chinaTime,
  ReceiveDate: chinaTime,
});
type Detail = z.infer<typeof detail>;

const answerBody = z.object({
  Code: z.string().min(1),
  TotalCount: z.coerce.number().int().catch(0),
  SmsSendDetailDTOs: z.object({ SmsSendDetailDTO: z.array(z.unknown()).catch([]) }).catch({ SmsSendDetailDTO: [] }),
});
