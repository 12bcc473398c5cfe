import type { Refusal } from "./call.ts";
import { hmacSha256, sha256Hex, toHex } from "./digests.ts";
import type { SignedRequest } from "./signed-request.ts";

const ALGORITHM = "ACS3-HMAC-SHA256";
/** A signed date may be so far from now, either way. */
const MAX_AGE_MS = 15 * 60_000;
/** Headers that a call must have, and sign. */
const REQUIRED = ["host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"];

/** Who calls, with the nonce that is still to be looked up; or the vendor's refusal. */
export type Acs3Verdict = { access_key_id: string; nonce: string } | { refusal: Refusal };

/**
 * Checks a signature of version 3 as Alibaba Cloud's gateway does: one HMAC by the secret, over the hash of the canonical
 * request (help.aliyun.com, "V3 request structure and signature").
 *
 * @param secretOf the secret of an access key id, or undefined where there is no such key.
 */
export async function verifyAcs3(
  request: SignedRequest,
  secretOf: (accessKeyId: string) => string | undefined,
  now: number,
): Promise<Acs3Verdict> {
  const { headers, body } = request;
  const signed = readAuthorization(headers.get("Authorization"));
  if (!signed) return { refusal: { code: "IncompleteSignature" } };
  const secret = secretOf(signed.access_key_id);
  if (secret === undefined) return { refusal: { code: "InvalidAccessKeyId.NotFound" } };
  const missing = REQUIRED.find((name) => !headers.has(name));
  if (missing !== undefined) return { refusal: { code: "MissingParameter", value: missing } };
  const refusal = checkDate(headers.get("x-acs-date") ?? "", now);
  if (refusal) return { refusal };

  const hash = await sha256Hex(body);
  const unsigned = [...headers.keys()].filter((name) => mustBeSigned(name) && !signed.headers.includes(name));
  const canonical = canonicalRequest(request, signed.headers, hash);
  const mac = toHex(await hmacSha256(secret, `${ALGORITHM}\n${await sha256Hex(canonical)}`));
  const matches = unsigned.length === 0 && headers.get("x-acs-content-sha256") === hash && mac === signed.signature;
  if (!matches) return { refusal: { code: "SignatureDoesNotMatch" } };
  return { access_key_id: signed.access_key_id, nonce: headers.get("x-acs-signature-nonce") ?? "" };
}

const mustBeSigned = (name: string) => REQUIRED.includes(name) || name === "content-type" || name.startsWith("x-acs-");

/** Exported for the tests, which hold it against what the vendor's SDK signs. */
export function canonicalRequest({ method, url, headers }: SignedRequest, names: readonly string[], hash: string): string {
  const params = [...url.searchParams].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const query = params.map(([name, value]) => `${encode(name)}=${encode(value)}`);
  const lines = names.map((name) => `${name}:${(headers.get(name) ?? "").trim()}\n`);
  return [method, url.pathname, query.join("&"), lines.join(""), names.join(";"), hash].join("\n");
}

/** RFC 3986: everything but letters, digits and `-._~`, whatever of it the URL itself left as it was. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** UTC to the second, e.g. 2026-11-11T00:00:00Z. */
function checkDate(text: string, now: number): Refusal | undefined {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) return { code: "InvalidTimeStamp.Format" };
  return Math.abs(now - at) > MAX_AGE_MS ? { code: "InvalidTimeStamp.Expired" } : undefined;
}

interface Authorization {
  access_key_id: string;
  /** Lower case, in the order in which they are signed. */
  headers: string[];
  signature: string;
}

function readAuthorization(text: string | null): Authorization | undefined {
  const [, access_key_id, names, signature] =
    /^ACS3-HMAC-SHA256 +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/.exec(text ?? "") ?? [];
  if (access_key_id === undefined || names === undefined || signature === undefined) return undefined;
  return { access_key_id, headers: names.split(";"), signature };
}
