import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskedRequest, maskedText } from "../../src/accept/mask-secrets.ts";

const SECRET = 's3cr3t/with+signs=&"quotes"';
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const POST = { method: "POST", url: "https://api.carrier.example/send", headers: {} } as const;

describe("A request as people see it", () => {
  it("has no secret in any of the forms that it may take", () => {
    const forms = [
      SECRET,
      encodeURIComponent(SECRET),
      new URLSearchParams({ key: SECRET }).toString(),
      JSON.stringify({ key: SECRET }),
      base64(SECRET),
      base64(`user:${SECRET}`),
      encodeURIComponent(base64(`user:${SECRET}:more`)),
      Buffer.from(`key=${SECRET}`).toString("base64url"),
      Buffer.from(SECRET).toString("hex"),
      Buffer.from(SECRET).toString("hex").toUpperCase(),
      `path/${base64(`x${SECRET}`)}`,
    ];
    for (const form of forms) {
      const { url, headers, body } = maskedRequest({ ...POST, url: `${POST.url}/${form}`, headers: { "x-note": form }, body: form }, [
        SECRET,
      ]);
      for (const text of [url, headers["x-note"], body]) {
        expect(text).toContain("***");
        expect(text).not.toContain("s3cr3t");
        for (const other of forms.slice(0, 5)) expect(text).not.toContain(other);
        expect(Buffer.from(String(text), "base64").toString("latin1")).not.toContain("s3cr3t");
      }
    }
  });

  it("keeps what is no secret as it was", () => {
    const request = {
      ...POST,
      url: `${POST.url}?Action=SendSms&SignatureNonce=4711&SignatureMethod=HMAC-SHA256&SignName=Shop`,
      headers: { accept: "application/json", "x-acs-signature-nonce": "abc", "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb924" },
      body: '{"PhoneNumbers":"+8613800138000","SignName":"鲸落商城","text":"您的验证码是1234"}',
    };
    expect(maskedRequest(request, [SECRET])).toEqual(request);
    expect(maskedRequest({ ...POST, method: "GET" }, [SECRET])).toEqual({ ...POST, method: "GET" });
  });

  it("keeps the scheme of its credentials and the parts of them that prove nothing", () => {
    const shown = (authorization: string) =>
      maskedRequest({ ...POST, headers: { Authorization: authorization } }, [SECRET]).headers.Authorization;
    expect(shown(`Basic ${base64("AC1:other")}`)).toBe("Basic ***");
    expect(shown("Bearer abc.def")).toBe("Bearer ***");
    expect(shown("opaque")).toBe("***");
    expect(shown("TC3-HMAC-SHA256 Credential=AKID1/2026-11-11/sms/tc3_request, SignedHeaders=content-type;host, Signature=0a1b2c")).toBe(
      "TC3-HMAC-SHA256 Credential=AKID1/2026-11-11/sms/tc3_request, SignedHeaders=content-type;host, Signature=***",
    );
    expect(shown("ACS3-HMAC-SHA256 Credential=LTAI1,SignedHeaders=host;x-acs-date,Signature=0a1b2c")).toBe(
      "ACS3-HMAC-SHA256 Credential=LTAI1,SignedHeaders=host;x-acs-date,Signature=***",
    );
  });

  it("has neither signatures nor tokens where they stand as parameters, members or headers", () => {
    const request = {
      ...POST,
      url: `${POST.url}?sign=aa11&AccessKeyId=LTAI1&Signature=bb22%3D&access_token=cc33`,
      headers: { "X-Signature": "dd44", "X-Api-Key": "ee55" },
      body: '{"sign": "ff66", "apikey":"gg\\"77", "sig":"hh88","name":"sign"}',
    };
    expect(maskedRequest(request, [])).toEqual({
      ...POST,
      url: `${POST.url}?sign=***&AccessKeyId=LTAI1&Signature=***&access_token=***`,
      headers: { "X-Signature": "***", "X-Api-Key": "***" },
      body: '{"sign": "***", "apikey":"***", "sig":"***","name":"sign"}',
    });
  });

  it("never shows a secret, whatever it is and wherever it stands", () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9+/=_-]{8,40}$/);
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (hidden, before, after) => {
        for (const form of [hidden, encodeURIComponent(hidden), base64(hidden), base64(`${before}:${hidden}`)]) {
          const text = maskedText(`${before} ${form} ${after}`, [hidden]);
          expect(text.includes(form) && !`${before} ${after}`.includes(form)).toBe(false);
        }
      }),
    );
  });
});
