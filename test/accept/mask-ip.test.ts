import { describe, expect, it } from "vitest";
import { maskIp } from "../../src/accept/mask-ip.ts";

describe("maskIp", () => {
  it.each([
    ["203.0.113.7", "203.0.113.*"],
    ["2001:db8:7:1:2:3:4:5", "2001:db8:7::*"],
    ["2001:db8::9", "2001:db8:0::*"],
    ["::1", "0:0:0::*"],
    ["fe80::", "fe80:0:0::*"],
    ["::ffff:203.0.113.7", "::ffff:203.0.113.*"],
  ])("shows of %s the network alone", (ip, shown) => expect(maskIp(ip)).toBe(shown));
});
