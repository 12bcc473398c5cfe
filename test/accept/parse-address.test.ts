import { describe, expect, it } from "vitest";
import { parseAddress } from "../../src/accept/parse-address.ts";

const sms = (text: string, country?: string) => parseAddress("sms", text, country);

describe("parseAddress", () => {
  it.each([
    ["+86 138-0013-8000", "+8613800138000", "CN"],
    ["+1 (415) 555-2671", "+14155552671", "US"],
    ["+852 5123 4567", "+85251234567", "HK"],
    ["+44 7400 123456", "+447400123456", "GB"],
    ["+447400123456", "+447400123456", "GB"],
    ["＋８６１３８００１３８０００", "+8613800138000", "CN"],
  ])("brings %s into E.164 and says its country", (text, address, country) => {
    expect(sms(text)).toEqual({ ok: true, address, country });
    expect(sms(text, "FR")).toEqual({ ok: true, address, country });
  });

  it.each([
    ["13800138000", "CN", "+8613800138000"],
    ["138 0013 8000", "CN", "+8613800138000"],
    ["(415) 555-2671", "US", "+14155552671"],
    ["07400 123456", "GB", "+447400123456"],
    ["51234567", "HK", "+85251234567"],
  ])("reads the national form %s by the tenant's country %s", (text, country, address) => {
    expect(sms(text, country)).toEqual({ ok: true, address, country });
  });

  it.each([
    ["13800138000", undefined, "has no known country code"],
    ["13800138000", "XX", "has no known country code"],
    ["hello", "CN", "is not a phone number"],
    ["", "CN", "is not a phone number"],
    ["+", "CN", "is not a phone number"],
    ["call +8613800138000", "CN", "is not a phone number"],
    ["+8613800138000 or +8613900139000", "CN", "is not a phone number"],
    ["+86138", undefined, "has a length that no phone number"],
    ["+86138001380001234", undefined, "has a length that no phone number"],
    ["+999123456789", undefined, "has no known country code"],
    ["+14155552671 ext. 5", undefined, "extension"],
    ["+1000000000000000000000000", undefined, "too long"],
  ])("refuses %s (country %s), since it %s", (text, country, why) => {
    expect(sms(text, country)).toEqual({ ok: false, why: expect.stringContaining(why) });
  });

  it("reads RCS addresses as phone numbers", () => {
    expect(parseAddress("rcs", "13800138000", "CN")).toEqual({ ok: true, address: "+8613800138000", country: "CN" });
  });

  it("takes e-mail addresses as they stand and refuses what is none", () => {
    expect(parseAddress("email", "Li.Lei@example.com", "CN")).toEqual({ ok: true, address: "Li.Lei@example.com" });
    for (const text of ["li", "li@", "@example.com", "a@b c.com", "li@example.com, mei@example.com"])
      expect(parseAddress("email", text, undefined)).toEqual({ ok: false, why: "is not an e-mail address" });
  });

  it("takes the other channels' addresses as they stand", () => {
    for (const channel of ["push", "chat", "inbox"] as const)
      expect(parseAddress(channel, "token:1", undefined)).toEqual({ ok: true, address: "token:1" });
  });
});
