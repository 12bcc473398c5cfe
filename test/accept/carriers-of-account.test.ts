import { describe, expect, it } from "vitest";
import { carriersOfAccount } from "../../src/accept/carriers-of-account.ts";

const account = (secret: string, more: object = {}) => ({
  adapter: "alibaba",
  base_url: "https://dysmsapi.aliyuncs.com",
  settings: { access_key_id: "LTAI1", sign_name: "鲸落商城" },
  secrets: { access_key_secret: secret },
  ...more,
});

describe("Carriers of one account", () => {
  it("are those with the same adapter, address and secrets, whatever their settings and paces", () => {
    const carriers = {
      sms: account("CARRIER_SHOP_ONE"),
      rcs: account("CARRIER_SHOP_ONE", { per_second: 3, settings: { access_key_id: "LTAI1", sign_name: "另一个" } }),
      other: account("CARRIER_SHOP_TWO"),
      relay: account("CARRIER_SHOP_ONE", { base_url: "https://relay.example.com" }),
    };
    expect(carriersOfAccount({ notices: {}, carriers }, "sms")).toEqual(["rcs"]);
    expect(carriersOfAccount({ notices: {}, carriers }, "other")).toEqual([]);
    expect(carriersOfAccount({ notices: {}, carriers }, "gone")).toEqual([]);
    expect(carriersOfAccount({ notices: {}, carriers }, "constructor")).toEqual([]);
    expect(carriersOfAccount(undefined, "sms")).toEqual([]);
  });
});
