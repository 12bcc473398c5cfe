import { describe, expect, it } from "vitest";
import { clientAddressOf } from "../../src/support/client-address.ts";

const from = (address?: string): string | undefined =>
  clientAddressOf(new Request("https://carillon.example/", address === undefined ? {} : { headers: { "cf-connecting-ip": address } }));

describe("clientAddressOf", () => {
  it("gives an IPv4 address as it is, and nothing where nobody says", () => {
    expect(from("192.0.2.7")).toBe("192.0.2.7");
    expect(from()).toBeUndefined();
  });

  it.each([
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002::9", "2001:db8:1:2::/64"],
    ["2001:DB8::1", "2001:db8:0:0::/64"],
    ["2a06:98c0:3600::103", "2a06:98c0:3600:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["::ffff:192.0.2.7", "0:0:0:0::/64"],
    ["1:2:3:4:5:6:7::", "1:2:3:4::/64"],
  ])("gives the network of %s, which is one household's", (address, network) => {
    expect(from(address)).toBe(network);
  });
});
