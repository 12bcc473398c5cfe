import { vi } from "vitest";

/** One SMS as the carrier was asked to send it. */
export interface AskedSms {
  readonly to: string | null;
  readonly text: string | null;
  readonly callback: string | null;
}

/** Puts a carrier in the place of the outside that takes everything, as Twilio answers, and tells what it was asked. */
export function stubCarrier(): AskedSms[] {
  const asked: AskedSms[] = [];
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    const form = new URLSearchParams(String(init.body));
    asked.push({ to: form.get("To"), text: form.get("Body"), callback: form.get("StatusCallback") });
    const sid = `SM${String(asked.length).padStart(32, "0")}`;
    return Response.json({ sid, status: "queued", num_segments: "1", error_code: null, error_message: null }, { status: 201 });
  });
  return asked;
}
