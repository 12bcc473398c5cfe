import { vi } from "vitest";

/** One message as a carrier was asked to send it. */
export interface AskedSms {
  readonly to: string | null;
  readonly text: string | null;
  readonly callback: string | null;
  /** Twilio's AccountSid; of Alibaba its action. */
  readonly account: string;
  /** Twilio's sender; of Alibaba the signature. */
  readonly sender: string | null;
  /** Alibaba's only. */
  readonly template: string | null;
  /** The message's id. */
  readonly message: string | null;
}

/** Puts carriers in the place of the outside that take everything, as Twilio and Alibaba answer, and tells what they were asked. */
export function stubCarrier(): AskedSms[] {
  const asked: AskedSms[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const { hostname, pathname, searchParams } = new URL(url);
    const action = new Headers(init.headers).get("x-acs-action");
    if (hostname.endsWith(".aliyuncs.com") && action !== null) {
      asked.push({
        to: searchParams.get("PhoneNumbers"),
        text: searchParams.get("TemplateParam"),
        callback: null,
        account: action,
        sender: searchParams.get("SignName"),
        template: searchParams.get("TemplateCode"),
        message: searchParams.get("OutId"),
      });
      return Response.json({ Code: "OK", Message: "OK", RequestId: "R", BizId: `B${asked.length}` });
    }
    const form = new URLSearchParams(String(init.body));
    const callback = form.get("StatusCallback");
    asked.push({
      to: form.get("To"),
      text: form.get("Body"),
      callback,
      account: pathname.split("/")[3] ?? "",
      sender: form.get("From"),
      template: null,
      message: callback === null ? null : new URL(callback).searchParams.get("m"),
    });
    const sid = `SM${String(asked.length).padStart(32, "0")}`;
    return Response.json({ sid, status: "queued", num_segments: "1", error_code: null, error_message: null }, { status: 201 });
  });
  return asked;
}
