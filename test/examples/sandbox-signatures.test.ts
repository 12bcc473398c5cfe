import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import * as acs3 from "../../examples/sandbox/acs3.ts";
import { sha256Hex } from "../../examples/sandbox/digests.ts";
import type { SignedRequest } from "../../examples/sandbox/signed-request.ts";
import * as tc3 from "../../examples/sandbox/tc3.ts";

const VECTORS = join(import.meta.dirname, "../fixtures/carriers/vectors");

/** What the vendor's SDK put on the wire, and the canonical form of it that an independent reading found to be signed. */
const Vector = z.object({
  inputs: z.object({ clock: z.iso.datetime(), credentials: z.record(z.string(), z.unknown()) }),
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.string().nullable(),
  }),
  signature_check: z.object({ canonical_request: z.string() }),
});

function vectorsOf(carrier: string): [name: string, vector: z.infer<typeof Vector>][] {
  const names = readdirSync(VECTORS).filter((name) => name.startsWith(`${carrier}-`));
  return names.map((name) => [name, Vector.parse(JSON.parse(readFileSync(join(VECTORS, name), "utf8")))]);
}

type Change = Partial<z.infer<typeof Vector>["request"]>;

/** The request of a vector, with something of it changed. */
function requestOf({ request }: z.infer<typeof Vector>, change: Change = {}): SignedRequest {
  const { method, url, headers, body } = { ...request, ...change };
  return { method, url: new URL(url), headers: new Headers(headers), body: new TextEncoder().encode(body ?? "") };
}

const read = (credentials: Record<string, unknown>, name: string) => z.string().parse(credentials[name]);
const namesIn = (authorization: string | null) => (/SignedHeaders=([^,]+)/.exec(authorization ?? "")?.[1] ?? "").split(";");

describe.each(vectorsOf("alibaba"))("Alibaba's SDK in %s", (_name, vector) => {
  const { clock, credentials } = vector.inputs;
  const [id, secret, now] = [read(credentials, "accessKeyId"), read(credentials, "accessKeySecret"), Date.parse(clock)];
  const verify = (change: Change = {}, at = now, known = secret) =>
    acs3.verifyAcs3(requestOf(vector, change), (asked) => (asked === id ? known : undefined), at);
  const refused = (code: string) => ({ refusal: { code } });
  const { headers, url, body } = vector.request;

  it("signs what is verified, by the same canonical request", async () => {
    const request = requestOf(vector);
    const canonical = acs3.canonicalRequest(request, namesIn(request.headers.get("Authorization")), await sha256Hex(request.body));
    expect(canonical).toBe(vector.signature_check.canonical_request);
    expect(await verify()).toEqual({ access_key_id: id, nonce: headers["x-acs-signature-nonce"] });
  });

  it("is refused once anything that is signed has changed", async () => {
    const changes: Change[] = [
      { url: url.replace("PhoneNumber", "PhoneNumbeR").replace("OutId", "OutID") },
      { url: `${url}&Extra=1` },
      { method: "GET" },
      { body: `${body ?? ""} ` },
      { headers: { ...headers, "x-acs-action": "SendCardSms" } },
      { headers: { ...headers, "x-acs-signature-nonce": "another" } },
      { headers: { ...headers, "x-acs-content-sha256": "0".repeat(64) } },
      { headers: { ...headers, host: "dysmsapi.aliyuncs.com.example.com" } },
      // A header that must be signed and is not.
      { headers: { ...headers, "x-acs-security-token": "token" } },
    ];
    for (const change of changes) expect(await verify(change), JSON.stringify(change)).toEqual(refused("SignatureDoesNotMatch"));
    expect(await verify({}, now, `${secret}x`)).toEqual(refused("SignatureDoesNotMatch"));
  });

  it("is refused for another key, without a signature, and out of time", async () => {
    expect(await verify({ headers: { ...headers, Authorization: (headers.Authorization ?? "").replace(id, "LTAInobody") } })).toEqual(
      refused("InvalidAccessKeyId.NotFound"),
    );
    expect(await verify({ headers: { ...headers, Authorization: "Basic abc" } })).toEqual(refused("IncompleteSignature"));
    expect(await verify({}, now + 15 * 60_000)).toHaveProperty("access_key_id");
    for (const off of [-1, 1]) expect(await verify({}, now + off * (15 * 60_000 + 1000))).toEqual(refused("InvalidTimeStamp.Expired"));
  });
});

describe.each(vectorsOf("tencent"))("Tencent's SDK in %s", (_name, vector) => {
  const { clock, credentials } = vector.inputs;
  const [id, key, now] = [read(credentials, "secretId"), read(credentials, "secretKey"), Date.parse(clock)];
  const verify = (change: Change = {}, at = now, known = key) =>
    tc3.verifyTc3(requestOf(vector, change), (asked) => (asked === id ? known : undefined), at);
  const refused = (code: string) => ({ refusal: { code } });
  const { headers, body } = vector.request;

  it("signs what is verified, by the same canonical request", async () => {
    const request = requestOf(vector);
    const names = namesIn(request.headers.get("Authorization"));
    const canonical = tc3.canonicalRequest(request, names, "sms.tencentcloudapi.com", await sha256Hex(request.body));
    expect(canonical).toBe(vector.signature_check.canonical_request);
    expect(await verify()).toEqual({ secret_id: id });
  });

  it("is refused once anything that is signed has changed", async () => {
    const changes: Change[] = [
      { body: (body ?? "").replace("1400006666", "1400006667") },
      { body: `${body ?? ""} ` },
      { method: "PUT" },
      { url: "https://sms.tencentcloudapi.com/?a=1" },
      { headers: { ...headers, "Content-Type": "application/json; charset=utf-8" } },
      { headers: { ...headers, Host: "sms.tencentcloudapi.com.example.com" } },
      { headers: { ...headers, "X-TC-Timestamp": String(now / 1000 + 1) } },
      { headers: { ...headers, Authorization: (headers.Authorization ?? "").replace("2025-01-15", "2025-01-14") } },
    ];
    for (const change of changes) expect(await verify(change), JSON.stringify(change)).toEqual(refused("AuthFailure.SignatureFailure"));
    expect(await verify({}, now, `${key}x`)).toEqual(refused("AuthFailure.SignatureFailure"));
  });

  it("is refused for another secret, without a signature, and out of time", async () => {
    const authorization = headers.Authorization ?? "";
    const withAuthorization = (changed: string) => verify({ headers: { ...headers, Authorization: changed } });
    expect(await withAuthorization(authorization.replace(id, "AKIDnobody"))).toEqual(refused("AuthFailure.SecretIdNotFound"));
    expect(await withAuthorization("Basic abc")).toEqual(refused("AuthFailure.InvalidAuthorization"));
    expect(await withAuthorization(authorization.replace("content-type;host", "host"))).toEqual(
      refused("AuthFailure.InvalidAuthorization"),
    );
    expect(await verify({}, now + 300_000)).toHaveProperty("secret_id");
    for (const off of [-301, 301]) expect(await verify({}, now + off * 1000)).toEqual(refused("AuthFailure.SignatureExpire"));
  });
});

describe("a sandbox whose host has a port", () => {
  it("takes Tencent's signature with the port and without it, since the SDK signs the bare name", async () => {
    const [, vector] = vectorsOf("tencent")[0] ?? [];
    if (!vector) throw new Error("no vector");
    const headers = { ...vector.request.headers, Host: "sms.tencentcloudapi.com:8788" };
    const verdict = await tc3.verifyTc3(
      requestOf(vector, { headers }),
      () => read(vector.inputs.credentials, "secretKey"),
      Date.parse(vector.inputs.clock),
    );
    expect(verdict).toHaveProperty("secret_id");
  });
});
