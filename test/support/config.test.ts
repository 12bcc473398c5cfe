import { describe, expect, it } from "vitest";
import { readConfig, readSecret } from "../../src/support/config.ts";

const KEY = Buffer.alloc(32, 1).toString("base64");
const env = {
  PUBLIC_URL: "https://carillon.example/",
  CARRIER_HOSTS: " http://127.0.0.1:8788 ,, proxy.example.com",
  UNKNOWN_AFTER_SECONDS: "259200",
  RECEIPT_WAIT_SECONDS: "60",
  ROOT_KEY: "root-key-of-the-tests",
  NAMING_KEY: KEY,
  SEALING_KEYS: `k2:${KEY}, k1:${KEY}`,
};

describe("readConfig", () => {
  it("reads a deployment's settings into the form that is used", () => {
    expect(readConfig(env)).toMatchObject({
      PUBLIC_URL: "https://carillon.example",
      CARRIER_HOSTS: ["http://127.0.0.1:8788", "proxy.example.com"],
      UNKNOWN_AFTER_SECONDS: 259_200,
      SEALING_KEYS: [
        ["k2", expect.any(Uint8Array)],
        ["k1", expect.any(Uint8Array)],
      ],
    });
  });

  it.each(Object.keys(env))("refuses a deployment without %s, by its name", (name) => {
    expect(() => readConfig({ ...env, [name]: undefined })).toThrow(name);
  });

  it("names what is wrong and never shows a value", () => {
    const wrong = {
      ROOT_KEY: "short-secret",
      NAMING_KEY: "c2VjcmV0",
      SEALING_KEYS: "K1:c2VjcmV0",
      UNKNOWN_AFTER_SECONDS: "0",
      PUBLIC_URL: "carillon",
    };
    for (const [name, value] of Object.entries(wrong)) {
      expect(() => readConfig({ ...env, [name]: value })).toThrow(name);
      expect(() => readConfig({ ...env, [name]: value })).not.toThrow(new RegExp(`${value}(?![a-z])`));
    }
  });
});

describe("readSecret", () => {
  it("gives what is set, and nothing for what is not or is no text", () => {
    expect(readSecret({ CARRIER_SHOP_X: "x" }, "CARRIER_SHOP_X")).toBe("x");
    for (const [secrets, name] of [
      [{}, "X"],
      [{ X: "" }, "X"],
      [{ X: {} }, "X"],
      [{}, "constructor"],
    ] as const)
      expect(readSecret(secrets, name)).toBeUndefined();
  });
});
