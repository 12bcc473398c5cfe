import { describe, expect, it } from "vitest";
import { adapterNames, findAdapter, type RegisteredAdapter } from "../../../src/deliver/carriers/registry.ts";
import type { Outgoing } from "../../../src/support/outgoing.ts";
import { carrierLimits } from "../../../src/vocabulary/carrier.ts";

const settings = { account_sid: `AC${"a".repeat(32)}`, from: "+14155552345" };
const account = { base_url: "https://api.twilio.com", settings, secrets: { auth_token: "token" } };

function adapter(name = "twilio"): RegisteredAdapter {
  const search = findAdapter(name);
  if (search.kind !== "found") throw new Error(`no adapter ${name}`);
  return search.adapter;
}

describe("findAdapter", () => {
  it("answers an unknown name with the known ones", () => {
    expect(findAdapter("twillio")).toEqual({ kind: "unknown", known: adapterNames });
  });

  it("finds nothing under the names that every object has", () => {
    for (const name of ["constructor", "__proto__", "toString", ""]) expect(findAdapter(name).kind).toBe("unknown");
  });

  it("finds every adapter under its own name, with limits and hosts as data", () => {
    for (const name of adapterNames) {
      expect(adapter(name).name).toBe(name);
      expect(carrierLimits.parse(adapter(name).limits)).toEqual(adapter(name).limits);
      for (const host of adapter(name).hosts) expect(host).toMatch(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/);
    }
  });
});

describe("checkSettings", () => {
  it("names the secrets that an account with these settings must have", () => {
    expect(adapter().checkSettings(settings)).toEqual({ kind: "valid", secrets: ["auth_token"] });
    expect(adapter().checkSettings({ ...settings, api_key_sid: `SK${"b".repeat(32)}` })).toEqual({
      kind: "valid",
      secrets: ["api_key_secret", "auth_token"],
    });
  });

  it("says for each fault where it is and what is wanted", () => {
    expect(adapter().checkSettings({ account_sid: "AC1", from: "＋1", sender: "x" })).toEqual({
      kind: "invalid",
      secrets: ["auth_token"],
      issues: [
        { pointer: "/account_sid", detail: "must be AC and 32 hexadecimal digits" },
        { pointer: "/from", detail: "must be a number in E.164, a short code, or up to 11 letters and digits" },
        { pointer: "/sender", detail: "is not known here; remove it or check its spelling" },
      ],
    });
  });

  it("takes a number, a short code, a name, a Messaging Service or both as sender, and insists on one", () => {
    const { account_sid } = settings;
    const messaging_service_sid = `MG${"c".repeat(32)}`;
    for (const from of ["+14155552345", "12345", "Carillon", "A&B +1-_x"])
      expect(adapter().checkSettings({ account_sid, from }).kind).toBe("valid");
    expect(adapter().checkSettings({ account_sid, messaging_service_sid }).kind).toBe("valid");
    expect(adapter().checkSettings({ account_sid, messaging_service_sid, from: "12345" }).kind).toBe("valid");
    expect(adapter().checkSettings({ account_sid })).toEqual({
      kind: "invalid",
      secrets: ["auth_token"],
      issues: [{ pointer: "", detail: "must name a sender: from, messaging_service_sid, or both" }],
    });
    for (const from of ["", "whatsapp:+14155552345", "twelve chars", "123456789", "名字"])
      expect(adapter().checkSettings({ account_sid, from }).kind).toBe("invalid");
  });

  it("insists on a sender and names the secrets whatever else is wrong", () => {
    expect(adapter().checkSettings({ api_key_sid: "SK" })).toEqual({
      kind: "invalid",
      secrets: ["api_key_secret", "auth_token"],
      issues: [
        { pointer: "/account_sid", detail: "is missing; must be a text" },
        { pointer: "/api_key_sid", detail: "must be SK and 32 hexadecimal digits" },
        { pointer: "", detail: "must name a sender: from, messaging_service_sid, or both" },
      ],
    });
  });

  it("refuses what is not an object", () => {
    for (const wrong of [undefined, null, "x", []]) expect(adapter().checkSettings(wrong).kind).toBe("invalid");
  });
});

describe("mount", () => {
  it("tells which secrets are missing or empty instead of mounting", () => {
    const withKey = { ...settings, api_key_sid: `SK${"b".repeat(32)}` };
    expect(adapter().mount({ ...account, settings: withKey, secrets: { auth_token: "" } })).toEqual({
      kind: "missing_secrets",
      names: ["api_key_secret", "auth_token"],
    });
  });

  it("tells what is wrong with the settings instead of mounting", () => {
    expect(adapter().mount({ ...account, settings: {} }).kind).toBe("invalid");
  });

  it("keeps every phone number out of the answer's detail and cuts it at 200 characters, wherever the words come from", async () => {
    const mounting = adapter().mount(account);
    if (mounting.kind !== "mounted") throw new Error(mounting.kind);
    const say = async (detail: string) => {
      const outgoing: Outgoing = async () => ({ kind: "unclear", code: "503", detail });
      return (await mounting.carrier.send({ channel: "sms", to: "+8613800138000", text: "x", message: "m" }, outgoing)).detail;
    };
    expect(await say("to +8613800138000.")).toBe("to ….");
    expect(await say("whatsapp:+86 138-0013-8000!")).toBe("whatsapp:…!");
    expect(await say("To=%2B8613800138000&From=(415) 555-2345")).toBe("To=%2B…&From=(…");
    expect(await say("The 'To' number +1000 failed: error 21211, 1600 characters, 5 parts")).toBe(
      "The 'To' number … failed: error 21211, 1600 characters, 5 parts",
    );
    expect(await say("x".repeat(300))).toHaveLength(200);
    expect(await say("13800138000".repeat(40))).toBe("…");
  });

  it("keeps numbers out of each answer of a call for many too", async () => {
    const { mount } = adapter("tencent");
    const mounting = mount({
      base_url: "https://sms.tencentcloudapi.com",
      settings: { secret_id: "AKIDfake0001", sdk_app_id: "1400006666", sign_name: "签名" },
      secrets: { secret_key: "key" },
    });
    if (mounting.kind !== "mounted") throw new Error(mounting.kind);
    const texts = ["+8613800138000", "+8613900139000"].map((to) => ({
      ...{ channel: "sms" as const, to, text: "x", message: "m" },
      template: { code: "1", params: [] },
    }));
    const outgoing: Outgoing = async () => ({ kind: "unclear", code: "503", detail: "to +8613800138000." });
    expect(await mounting.carrier.sendMany?.(texts, outgoing)).toEqual(
      texts.map(() => ({ kind: "unclear", code: "503", detail: "to …." })),
    );
  });

  it("leaves out what the adapter cannot do", () => {
    const mounting = adapter().mount(account);
    if (mounting.kind !== "mounted") throw new Error(mounting.kind);
    const { sendMany, together, query, balance, readReplies } = mounting.carrier;
    expect([sendMany, together]).toEqual([undefined, undefined]);
    for (const can of [query, balance, readReplies]) expect(can).toBeTypeOf("function");
  });
});
