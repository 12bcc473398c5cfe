import { describe, expect, it } from "vitest";
import type { CarrierQuestion } from "../../../src/deliver/carriers/adapter.ts";
import { type Outgoing, type OutgoingRequest, resultOf } from "../../../src/support/outgoing.ts";
import { carrierReceipt } from "../../../src/vocabulary/carrier.ts";
import { mount } from "./conformance.ts";

const carrier = mount("alibaba", {
  base_url: "https://dysmsapi.aliyuncs.com",
  settings: { access_key_id: "LTAIfakeAccessKeyId0001", sign_name: "鲸落商城" },
  secrets: { access_key_secret: "fakeAccessKeySecret00000000001" },
});
const ID = "m".repeat(44);
/** 16:30:00 in China. */
const SINCE = Date.UTC(2025, 0, 15, 8, 30);
const question: CarrierQuestion = { channel: "sms", to: "+8613800138000", text: "words", message: ID, since: SINCE };

interface Shown {
  readonly OutId?: string | null;
  readonly SendStatus?: unknown;
  readonly ErrCode?: string;
  readonly SendDate?: string;
  readonly ReceiveDate?: string;
}
const arrived: Shown = {
  OutId: ID,
  SendStatus: 3,
  ErrCode: "DELIVERED",
  SendDate: "2025-01-15 16:30:01",
  ReceiveDate: "2025-01-15 16:30:05",
};
const waiting: Shown = { OutId: ID, SendStatus: 1, SendDate: "2025-01-15 16:30:01" };
const failed: Shown = { ...arrived, SendStatus: 2, ErrCode: "MOBILE_NOT_ON_SERVICE" };
const other: Shown = { ...arrived, OutId: "n".repeat(44) };

const answerOf = (shown: readonly unknown[], total = shown.length) => ({
  Code: "OK",
  TotalCount: String(total),
  SmsSendDetailDTOs: { SmsSendDetailDTO: shown },
});
const queryOf = ({ url }: OutgoingRequest) => Object.fromEntries(new URL(url).searchParams);

/** Asks an Alibaba that answers by the request's query. */
async function ask(answer: (query: Record<string, string>) => unknown, over: Partial<CarrierQuestion> = {}) {
  const seen: Record<string, string>[] = [];
  const outgoing: Outgoing = async (request) => {
    seen.push(queryOf(request));
    expect(request.headers["x-acs-action"]).toBe("QuerySendDetails");
    return resultOf(200, new Headers(), JSON.stringify(answer(queryOf(request))));
  };
  const finding = await carrier.query?.({ ...question, ...over }, outgoing);
  if (finding?.kind === "found") carrierReceipt.parse(finding.receipt);
  return { finding, seen };
}
const findingOf = async (...shown: readonly unknown[]) => (await ask(() => answerOf(shown))).finding;

describe("a question", () => {
  it("asks by number and by the day of the claim in China", async () => {
    const { seen } = await ask(() => answerOf([]));
    expect(seen).toEqual([{ PhoneNumber: "13800138000", SendDate: "20250115", PageSize: "50", CurrentPage: "1" }]);
    const abroad = await ask(() => answerOf([]), { to: "+14155550123" });
    expect(abroad.seen).toMatchObject([{ PhoneNumber: "14155550123" }]);
    const evening = await ask(() => answerOf([]), { since: Date.UTC(2025, 0, 15, 16, 0) });
    expect(evening.seen).toMatchObject([{ SendDate: "20250116" }]);
  });

  it("asks for the next day too where the call may have been made after midnight", async () => {
    const since = Date.UTC(2025, 11, 31, 15, 55);
    const late = { ...arrived, SendDate: "2026-01-01 00:00:02", ReceiveDate: "2026-01-01 00:00:05" };
    const { finding, seen } = await ask(({ SendDate }) => answerOf(SendDate === "20260101" ? [late] : []), { since });
    expect(seen.map(({ SendDate }) => SendDate)).toEqual(["20251231", "20260101"]);
    expect(finding).toEqual({ kind: "found", receipt: { status: "delivered", at: Date.UTC(2025, 11, 31, 16, 0, 5) } });
  });

  it("finds the message whose OutId is its id to the letter, and no other", async () => {
    expect(await findingOf(other, arrived)).toMatchObject({ kind: "found" });
    for (const OutId of [`${ID}m`, ID.slice(1), ID.toUpperCase(), `batch.${ID}`, "", null, undefined])
      expect(await findingOf({ ...arrived, OutId })).toEqual({ kind: "absent" });
    expect(await findingOf()).toEqual({ kind: "absent" });
  });

  it("reads 1 as sent, 2 as undelivered with its code, 3 as delivered, and anything else as sent, since the vendor has it", async () => {
    const at = Date.UTC(2025, 0, 15, 8, 30, 5);
    expect(await findingOf(arrived)).toEqual({ kind: "found", receipt: { status: "delivered", at } });
    expect(await findingOf(failed)).toEqual({ kind: "found", receipt: { status: "undelivered", code: "MOBILE_NOT_ON_SERVICE", at } });
    expect(await findingOf({ ...arrived, SendStatus: "3" })).toMatchObject({ receipt: { status: "delivered" } });
    for (const SendStatus of [1, "1", 4, null, undefined, "new"])
      expect(await findingOf({ ...arrived, SendStatus })).toEqual({ kind: "found", receipt: { status: "sent" } });
  });

  it("tells no reference, so that the receipts that follow may bring theirs", async () => {
    const finding = await findingOf(arrived);
    expect(finding?.kind === "found" && finding.receipt).not.toHaveProperty("reference");
  });

  it("takes of several attempts the one that is or may be with the person", async () => {
    expect(await findingOf(failed, waiting, arrived)).toMatchObject({ receipt: { status: "delivered" } });
    expect(await findingOf(failed, waiting)).toMatchObject({ receipt: { status: "sent" } });
  });

  it("takes a failed one only for the attempt that is asked about: an earlier one says nothing of it", async () => {
    const before = { SendDate: "2025-01-15 16:29:50" };
    expect(await findingOf({ ...failed, ...before })).toEqual({ kind: "absent" });
    expect(await findingOf({ ...arrived, ...before })).toMatchObject({ receipt: { status: "delivered" } });
    expect(await findingOf({ ...failed, SendDate: undefined })).toMatchObject({ receipt: { status: "undelivered" } });
  });

  it("turns pages as long as there are some, three at most", async () => {
    const pages = (last: number) => (query: Record<string, string>) =>
      answerOf(Number(query.CurrentPage) === last ? [arrived] : [other], 400);
    expect((await ask(pages(3))).finding).toMatchObject({ kind: "found" });
    const { finding, seen } = await ask(pages(4));
    expect(finding).toEqual({ kind: "absent" });
    expect(seen.map(({ CurrentPage }) => CurrentPage)).toEqual(["1", "2", "3"]);
    expect((await ask(() => answerOf([other], 50))).seen).toHaveLength(1);
    expect((await ask(() => answerOf([other], 51))).seen).toHaveLength(2);
  });

  it("leaves out entries that cannot be read, and keeps what it has found when a later page fails", async () => {
    expect(await findingOf(null, "x", {}, arrived)).toMatchObject({ kind: "found" });
    const { finding } = await ask(({ CurrentPage }) => (CurrentPage === "1" ? answerOf([waiting], 100) : { Code: "Throttling.User" }));
    expect(finding).toMatchObject({ kind: "found", receipt: { status: "sent" } });
  });

  it("is unanswered where the vendor does not answer it, with the code alone, and never `absent`", async () => {
    expect((await ask(() => ({ Code: "isv.INVALID_PARAMETERS", Message: "13800138000" }))).finding).toEqual({
      kind: "unanswered",
      code: "isv.INVALID_PARAMETERS",
    });
    for (const body of ["<html>", {}, [], null]) expect((await ask(() => body)).finding).toEqual({ kind: "unanswered", code: "200" });
    const timeout = await carrier.query?.(question, async () => ({ kind: "unclear", code: "timeout", detail: "x" }));
    expect(timeout).toEqual({ kind: "unanswered", code: "timeout" });
  });

  it("about a 5G message is not asked at all: QuerySendDetails is documented for SMS alone", async () => {
    const { finding, seen } = await ask(() => answerOf([arrived]), { channel: "rcs" });
    expect({ finding, seen }).toEqual({ finding: { kind: "absent" }, seen: [] });
  });
});
