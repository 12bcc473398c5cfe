import { answerSend } from "./answer-call.ts";
import type { Book, Outcome } from "./book.ts";
import type { Draft } from "./call.ts";
import type { TencentAccount } from "./config.ts";
import { splitNumber } from "./phone-numbers.ts";
import { readSigned } from "./signed-request.ts";
import { verifyTc3 } from "./tc3.ts";
import { readSend } from "./tencent-calls.ts";
import { tencentAnswer, tencentError, tencentMessage, tencentWords } from "./tencent-errors.ts";
import { packagesStatistics, pullSendStatus } from "./tencent-query.ts";

const VERSION = "2021-01-11";

/** `POST /` with `X-TC-Action`: Tencent Cloud SMS, API 3.0, JSON. */
export async function callTencent(request: Request, book: DurableObjectStub<Book>, accounts: readonly TencentAccount[]): Promise<Response> {
  const signed = await readSigned(request);
  const action = signed.headers.get("X-TC-Action") ?? "";
  const keyOf = (id: string) => accounts.find(({ secret_id }) => secret_id === id)?.secret_key;
  const caller = await verifyTc3(signed, keyOf, Date.now());
  if ("refusal" in caller) {
    if (action === "SendSms") await book.turnAway({ carrier: "tencent", account: "", action }, caller.refusal.code);
    return tencentError(caller.refusal);
  }
  const version = signed.headers.get("X-TC-Version") ?? "";
  if (version !== VERSION) return tencentError({ code: "NoSuchVersion", value: version });
  if (!signed.headers.get("X-TC-Region")) return tencentError({ code: "MissingParameter", value: "Region" });
  const apps = { own: accounts.filter(({ secret_id }) => secret_id === caller.secret_id), all: accounts };
  const body = readJson(signed.body);
  if (action === "SendSms") return await send(body, apps, book);
  if (action === "PullSmsSendStatusByPhoneNumber") return await pullSendStatus(body, apps, book);
  if (action === "SmsPackagesStatistics") return await packagesStatistics(body, apps, book);
  return tencentError({ code: "InvalidAction", value: action });
}

async function send(
  body: unknown,
  apps: { own: TencentAccount[]; all: readonly TencentAccount[] },
  book: DurableObjectStub<Book>,
): Promise<Response> {
  const call = readSend(body, apps);
  if ("code" in call) {
    await book.turnAway({ carrier: "tencent", account: "", action: "SendSms" }, call.code);
    return tencentError(call);
  }
  return await answerSend(call, book, {
    ...tencentWords,
    taken: (outcomes) => tencentAnswer({ SendStatusSet: call.texts.map((text, place) => sendStatus(text, outcomes[place])) }),
  });
}

/** The second level of the vendor's errors: each number has its own code. */
function sendStatus({ handset, reference }: Draft, outcome: Outcome | undefined) {
  const common = { PhoneNumber: handset, SessionContext: reference ?? "", IsoCode: isoCode(handset) };
  if (outcome && "message" in outcome) {
    return { ...common, SerialNo: outcome.message.sid, Fee: outcome.message.num_segments, Code: "Ok", Message: "send success" };
  }
  const refusal = outcome?.refusal ?? { code: "InternalError.OtherError" };
  return { ...common, SerialNo: "", Fee: 0, Code: String(refusal.code), Message: tencentMessage(refusal) };
}

/** The vendor knows more countries; `DEF` is its word for one that it does not know. */
const isoCode = (handset: string) =>
  new Map([
    ["86", "CN"],
    ["1", "US"],
  ]).get(splitNumber(handset).country) ?? "DEF";

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
