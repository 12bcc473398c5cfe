import fc from "fast-check";
import sdk from "tencentcloud-sdk-nodejs/tencentcloud/common/sign.js";
import { describe, expect, it } from "vitest";
import { signTc3 } from "../../../src/deliver/carriers/tc3.ts";

const request = fc.record({
  secret_id: fc.stringMatching(/^AKID[A-Za-z0-9]{8,32}$/),
  secret_key: fc.string({ unit: "grapheme", minLength: 1, maxLength: 64 }),
  host: fc.constantFrom("sms.tencentcloudapi.com", "sms.ap-guangzhou.tencentcloudapi.com", "localhost"),
  body: fc.oneof(fc.json(), fc.string({ unit: "grapheme", minLength: 1 })),
  timestamp: fc.integer({ min: 0, max: 4_000_000_000 }),
});

describe("signTc3", () => {
  it("signs as Tencent's own library does, whatever the keys, the words and the day", async () => {
    await fc.assert(
      fc.asyncProperty(request, async ({ secret_id, secret_key, host, body, timestamp }) => {
        const content_type = "application/json";
        const expected = sdk.sign3({
          method: "POST",
          url: `https://${host}/`,
          payload: Buffer.from(body),
          timestamp,
          service: "sms",
          secretId: secret_id,
          secretKey: secret_key,
          multipart: false,
          boundary: "",
          headers: { "Content-Type": content_type },
        });
        expect(await signTc3({ secret_id, secret_key, service: "sms", host, content_type, body, timestamp })).toBe(expected);
      }),
    );
  });

  it("dates the scope in UTC and signs the values of headers in lower case", async () => {
    const keys = { secret_id: "AKIDfake0001", secret_key: "fake", service: "sms", body: "{}" };
    const lastSecond = Date.UTC(2025, 0, 15, 23, 59, 59) / 1000;
    const plain = { ...keys, host: "sms.tencentcloudapi.com", content_type: "application/json; charset=utf-8", timestamp: lastSecond };
    const signed = await signTc3(plain);
    expect(signed).toContain("Credential=AKIDfake0001/2025-01-15/sms/tc3_request, SignedHeaders=content-type;host, ");
    expect(await signTc3({ ...plain, timestamp: lastSecond + 1 })).toContain("/2025-01-16/sms/tc3_request");
    expect(await signTc3({ ...plain, host: "SMS.tencentcloudapi.com", content_type: "application/json; charset=UTF-8 " })).toBe(signed);
    for (const other of [{ body: "{} " }, { secret_key: "fakf" }, { host: "sms.tencentcloudapi.cn" }, { content_type: "text/json" }])
      expect(await signTc3({ ...plain, ...other })).not.toBe(signed);
  });
});
