import { createHash } from "node:crypto";
import Sdk from "@alicloud/openapi-core/dist/utils.js";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Acs3Call, acs3Authorization, acs3Request, strictEncode } from "../../../src/deliver/carriers/acs3.ts";
import type { OutgoingRequest } from "../../../src/support/outgoing.ts";

const key = { id: "LTAIfakeAccessKeyId0001", secret: "fakeAccessKeySecret00000000001" };
const call: Acs3Call = {
  base_url: "https://dysmsapi.aliyuncs.com",
  version: "2017-05-25",
  action: "SendSms",
  query: { PhoneNumbers: "+8613800138000" },
};
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** The request as Alibaba's own library would sign it: from its decoded query, its headers and the host. */
function signedBySdk({ method, url, headers }: OutgoingRequest, secret = key.secret): string {
  const { host, pathname, searchParams } = new URL(url);
  const { authorization: _, ...rest } = headers;
  const request = { method, pathname, query: Object.fromEntries(searchParams), headers: { ...rest, host } };
  return Sdk.getAuthorization(
    Object.assign(Object.create(null), request),
    "ACS3-HMAC-SHA256",
    headers["x-acs-content-sha256"] ?? "",
    key.id,
    secret,
  );
}

const word = fc.oneof(fc.string({ unit: "grapheme" }), fc.stringMatching(/^[!'()*~+ %&=#/?]{0,8}$/), fc.json());
const parameters = fc.dictionary(fc.stringMatching(/^[A-Z][A-Za-z]{0,11}$/), word, { maxKeys: 6, noNullPrototype: true });

afterEach(() => void vi.useRealTimers());

describe("strictEncode", () => {
  it("leaves nothing but letters, digits, - _ . ~ and %XX, and is read back as it was, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(strictEncode(text)).toMatch(/^([A-Za-z0-9\-_.~]|%[0-9A-F]{2})*$/);
        expect(decodeURIComponent(strictEncode(text))).toBe(text);
      }),
    );
  });

  it("writes the five that encodeURIComponent leaves, and half a surrogate pair as what has no meaning", () => {
    expect(strictEncode("!'()*~ +")).toBe("%21%27%28%29%2A~%20%2B");
    expect(strictEncode("a\ud83d")).toBe("a%EF%BF%BD");
  });
});

describe("a signed request", () => {
  it("is signed as Alibaba's own library signs it, whatever the parameters, in the query and in a form", () => {
    fc.assert(
      fc.property(parameters, fc.option(parameters, { nil: undefined }), (query, form) => {
        const request = acs3Request({ ...call, query: { ...query, Action: "x" }, ...(form ? { form } : {}) }, key);
        expect(request.headers.authorization).toBe(signedBySdk(request));
        expect(request.headers["x-acs-content-sha256"]).toBe(sha256(request.body ?? ""));
        expect(Object.fromEntries(new URL(request.url).searchParams)).toEqual({ ...query, Action: "x" });
        if (form) expect(Object.fromEntries(new URLSearchParams(request.body))).toEqual(form);
        else expect(request.body).toBeUndefined();
      }),
    );
  });

  it("is written so that a URL object finds nothing to write anew", () => {
    fc.assert(
      fc.property(parameters, (query) => {
        const { url } = acs3Request({ ...call, query: { ...query, A: "!'()*" } }, key);
        expect(new URL(url).href).toBe(url);
      }),
    );
  });

  it("carries the second of its making in UTC and a nonce that no other has", () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2025, 0, 15, 8, 30, 0, 999) });
    const requests = Array.from({ length: 50 }, () => acs3Request(call, key));
    for (const { headers } of requests) expect(headers["x-acs-date"]).toBe("2025-01-15T08:30:00Z");
    const nonces = new Set(requests.map(({ headers }) => headers["x-acs-signature-nonce"]));
    expect(nonces.size).toBe(50);
    for (const nonce of nonces) expect(nonce?.length).toBeGreaterThanOrEqual(22);
  });

  it("signs the content type where there is a body and not where there is none", () => {
    expect(acs3Request(call, key).headers).not.toHaveProperty("content-type");
    expect(acs3Request(call, key).headers.authorization).toContain("SignedHeaders=host;x-acs-action;x-acs-content-sha256;");
    const { headers } = acs3Request({ ...call, form: { A: "1" } }, key);
    expect(headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(headers.authorization).toContain("SignedHeaders=content-type;host;x-acs-action;");
  });

  it("brings and signs the token of a temporary key", () => {
    const request = acs3Request(call, { ...key, token: "CAISfake" });
    expect(request.headers).toMatchObject({ "x-acs-security-token": "CAISfake", "x-acs-accesskey-id": key.id });
    expect(request.headers.authorization).toContain("x-acs-accesskey-id;x-acs-action;");
    expect(request.headers.authorization).toContain(";x-acs-date;x-acs-security-token;x-acs-signature-nonce;");
    expect(request.headers.authorization).toBe(signedBySdk(request));
  });

  it("goes to a relay and is signed for the host and path at which the relay hands it on", () => {
    const request = acs3Request({ ...call, base_url: "https://relay.example.cn/ali", signed_host: "dysmsapi.aliyuncs.com" }, key);
    expect(request.url).toBe("https://relay.example.cn/ali/?PhoneNumbers=%2B8613800138000");
    const handedOn = { ...request, url: request.url.replace("relay.example.cn/ali", "dysmsapi.aliyuncs.com") };
    expect(request.headers.authorization).toBe(signedBySdk(handedOn));
    expect(request.headers.authorization).not.toBe(signedBySdk(request));
  });

  it("is signed for the address that it goes to where no other is named, port and path included", () => {
    const request = acs3Request({ ...call, base_url: "http://127.0.0.1:8789/sandbox" }, key);
    expect(request.headers.authorization).toBe(signedBySdk(request));
  });

  it("has another signature when any part of it is another", () => {
    const request = acs3Request({ ...call, form: { A: "1" } }, key);
    const again = (over: Partial<OutgoingRequest>, secret = key.secret) => acs3Authorization({ ...request, ...over }, { ...key, secret });
    expect(again({})).toBe(request.headers.authorization);
    const others = [
      again({ method: "GET" }),
      again({ url: `${request.url}&B=2` }),
      again({ url: request.url.replace("138", "139") }),
      again({ url: request.url.replace("dysmsapi", "dysmsapj") }),
      ...["x-acs-date", "x-acs-action", "x-acs-version", "x-acs-signature-nonce", "x-acs-content-sha256", "content-type"].map((name) =>
        again({ headers: { ...request.headers, [name]: "other" } }),
      ),
      again({}, "fakeAccessKeySecret00000000002"),
    ];
    expect(new Set([request.headers.authorization, ...others]).size).toBe(others.length + 1);
    expect(again({ headers: { ...request.headers, accept: "text/html", "user-agent": "x" } })).toBe(request.headers.authorization);
    expect(again({ headers: { ...request.headers, "x-acs-action": " SendSms " } })).toBe(request.headers.authorization);
  });
});
