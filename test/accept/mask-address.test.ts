import fc from "fast-check";
import { getCountries } from "libphonenumber-js";
import examples from "libphonenumber-js/examples.mobile.json" with { type: "json" };
import { getExampleNumber } from "libphonenumber-js/min";
import { describe, expect, it } from "vitest";
import { maskAddress } from "../../src/accept/mask-address.ts";
import { CHANNELS } from "../../src/vocabulary/classes.ts";

describe("A masked address", () => {
  it("looks as people know it", () => {
    expect(maskAddress("sms", "+8613800138000")).toBe("138****8000");
    expect(maskAddress("rcs", "+14155552671")).toBe("+1415***2671");
    expect(maskAddress("sms", "+6591234567")).toBe("+6591***567");
    expect(maskAddress("email", "zhang.san@example.com")).toBe("z***@example.com");
    expect(maskAddress("email", "𠮷@example.com")).toBe("𠮷***@example.com");
    expect(maskAddress("push", "fcm-token-1234567890")).toBe("fcm-***");
    expect(maskAddress("inbox", "ab")).toBe("***");
  });

  it("hides at least three digits of a number of any country", () => {
    for (const country of getCountries()) {
      const number = getExampleNumber(country, examples)?.number ?? "+8613800138000";
      const masked = maskAddress("sms", number);
      expect(number.replace(/\D/g, "").length - masked.replace(/\D/g, "").length, `${number} ${masked}`).toBeGreaterThanOrEqual(3);
    }
  });

  it("is never the address itself, whatever that is", () => {
    fc.assert(
      fc.property(fc.constantFrom(...CHANNELS), fc.string({ minLength: 1, maxLength: 320 }), (channel, address) => {
        fc.pre(channel !== "email" || /[^*]@/.test(address));
        expect(maskAddress(channel, address)).not.toBe(address);
      }),
    );
  });
});
