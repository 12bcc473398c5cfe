import * as z from "zod";
import { clock } from "../../support/clock.ts";
import type { Outgoing } from "../../support/outgoing.ts";
import type { ReceiptStatus } from "../../vocabulary/carrier.ts";
import type { CarrierBalance, CarrierFinding, CarrierQuestion } from "./adapter.ts";
import { chinaHourOf } from "./china-time.ts";
import { callTencent, type TencentAccount, type TencentResult } from "./tencent-account.ts";
import { CODE_MAX } from "./vendor-meaning.ts";

/** A person gets few messages between a call and the question after it. */
const STATUSES_MAX = 10;

/**
 * Asks what operators reported of this number since the claim; a message without a report is not shown yet
 * (https://www.tencentcloud.com/document/product/382/40518, which allows 20 calls a second). The context names the message where the
 * vendor has enabled it. Without it nothing is found: a message of another notice to the same person would be taken for this one,
 * which then nobody would ever get.
 */
export async function query(account: TencentAccount, question: CarrierQuestion, outgoing: Outgoing): Promise<CarrierFinding> {
  const since = Math.floor(question.since / 1000);
  const payload = {
    BeginTime: since,
    Offset: 0,
    Limit: STATUSES_MAX,
    PhoneNumber: question.to,
    SmsSdkAppId: account.settings.sdk_app_id,
  };
  const result = await callTencent(account, "PullSmsSendStatusByPhoneNumber", payload, outgoing);
  if (result.kind !== "response") return unanswered(result);
  const shown = statusResponse.safeParse(result.response).data?.PullSmsSendStatusSet;
  if (!shown) return { kind: "unanswered", detail: "the answer is no list of reports" };

  const ours = shown.filter(({ PhoneNumber, UserReceiveTime = since }) => PhoneNumber === question.to && UserReceiveTime >= since);
  const exact = ours.filter(({ SessionContext }) => SessionContext === question.message);
  return findingOf(exact);
}

/** Reports of one message, perhaps of its parts, of which a failed one outweighs; of several, nobody knows which is meant. */
function findingOf(reports: readonly Report[]): CarrierFinding {
  const [first] = reports;
  if (!first?.SerialNo || reports.some(({ SerialNo }) => SerialNo !== first.SerialNo)) return { kind: "absent" };
  const { ReportStatus, Description, UserReceiveTime } = reports.find((one) => one.ReportStatus === "FAIL") ?? first;
  const status = STATUSES.get(ReportStatus) ?? "sent";
  const code = status === "undelivered" && Description ? { code: Description } : {};
  const at = UserReceiveTime === undefined ? {} : { at: UserReceiveTime * 1000 };
  return { kind: "found", receipt: { status, reference: first.SerialNo, ...code, ...at } };
}

function unanswered(result: Exclude<TencentResult, { kind: "response" }>): CarrierFinding {
  return { kind: "unanswered", code: (result.kind === "unread" ? String(result.status) : result.code).slice(0, CODE_MAX) };
}

const STATUSES: ReadonlyMap<string, ReceiptStatus> = new Map([
  ["SUCCESS", "delivered"],
  ["FAIL", "undelivered"],
]);

/** Only what tells messages apart must be there: a report that says less still shows that the message went out. */
const report = z.object({
  PhoneNumber: z.string(),
  SerialNo: z.string().max(128).catch(""),
  ReportStatus: z.string().catch(""),
  Description: z.string().max(CODE_MAX).optional().catch(undefined),
  /** Seconds. */
  UserReceiveTime: z.number().int().positive().optional().catch(undefined),
  SessionContext: z.string().catch(""),
});
type Report = z.infer<typeof report>;
const statusResponse = z.object({ PullSmsSendStatusSet: z.array(report) });

/** Packages bought longer ago are taken to be over. */
const PACKAGES_SINCE_MS = 3 * 365 * 86_400_000;
const PACKAGES_MAX = 500;

/**
 * Messages left in the application's packages that are in force (https://cloud.tencent.com/document/api/382/55964). An account
 * without any package pays afterwards, and nothing can be said.
 */
export async function balance(account: TencentAccount, outgoing: Outgoing): Promise<CarrierBalance | undefined> {
  const now = clock();
  const payload = {
    SmsSdkAppId: account.settings.sdk_app_id,
    Limit: PACKAGES_MAX,
    Offset: 0,
    BeginTime: chinaHourOf(now - PACKAGES_SINCE_MS),
    EndTime: chinaHourOf(now),
  };
  const result = await callTencent(account, "SmsPackagesStatistics", payload, outgoing);
  const packages = result.kind === "response" ? packagesResponse.safeParse(result.response).data?.SmsPackagesStatisticsSet : undefined;
  if (!packages || packages.length === 0) return undefined;
  const left = packages
    .filter(({ PackageEffectiveTime, PackageExpiredTime }) => PackageEffectiveTime * 1000 <= now && now < PackageExpiredTime * 1000)
    .reduce((sum, { PackageAmount, CurrentUsage }) => sum + Math.max(0, PackageAmount - CurrentUsage), 0);
  return { amount: String(left), unit: "messages" };
}

/** Instants in seconds. */
const packagesResponse = z.object({
  SmsPackagesStatisticsSet: z.array(
    z.object({
      PackageEffectiveTime: z.number().int(),
      PackageExpiredTime: z.number().int(),
      PackageAmount: z.number().int(),
      CurrentUsage: z.number().int(),
    }),
  ),
});
