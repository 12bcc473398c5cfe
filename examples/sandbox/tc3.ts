import type { Refusal } from "./call.ts";
import { hmacSha256, sha256Hex, toHex } from "./digests.ts";
import type { SignedRequest } from "./signed-request.ts";

const ALGORITHM = "TC3-HMAC-SHA256";
const SERVICE = "sms";
/** X-TC-Timestamp may be so far from now, either way. */
const MAX_AGE_SECONDS = 300;

/** Who calls, or the vendor's refusal. */
export type Tc3Verdict = { secret_id: string } | { refusal: Refusal };

/**
 * Checks a signature as Tencent Cloud's API 3.0 does: a key derived from the secret for one day and one service, over the
 * hash of the canonical request (cloud.tencent.com/document/api/382/52071).
 *
 * @param keyOf the key of a secret id, or undefined where there is no such secret.
 */
export async function verifyTc3(request: SignedRequest, keyOf: (secretId: string) => string | undefined, now: number): Promise<Tc3Verdict> {
  const signed = readAuthorization(request.headers.get("Authorization"));
  const timestamp = request.headers.get("X-TC-Timestamp") ?? "";
  if (!signed || !["content-type", "host"].every((name) => signed.headers.includes(name))) {
    return { refusal: { code: "AuthFailure.InvalidAuthorization" } };
  }
  const secretKey = keyOf(signed.secret_id);
  if (secretKey === undefined) return { refusal: { code: "AuthFailure.SecretIdNotFound" } };
  if (!/^\d{1,11}$/.test(timestamp)) return { refusal: { code: "MissingParameter", value: "X-TC-Timestamp" } };
  if (Math.abs(now / 1000 - Number(timestamp)) > MAX_AGE_SECONDS) return { refusal: { code: "AuthFailure.SignatureExpire" } };

  const scope = `${signed.date}/${SERVICE}/tc3_request`;
  const dayKey = await hmacSha256(`TC3${secretKey}`, signed.date);
  const signingKey = await hmacSha256(await hmacSha256(dayKey, SERVICE), "tc3_request");
  const hash = await sha256Hex(request.body);
  const isOfThatDay = signed.date === new Date(Number(timestamp) * 1000).toISOString().slice(0, 10);
  for (const host of spellingsOf(request.headers.get("Host") ?? "")) {
    const canonical = canonicalRequest(request, signed.headers, host, hash);
    const text = [ALGORITHM, timestamp, scope, await sha256Hex(canonical)].join("\n");
    if (isOfThatDay && toHex(await hmacSha256(signingKey, text)) === signed.signature) return { secret_id: signed.secret_id };
  }
  return { refusal: { code: "AuthFailure.SignatureFailure" } };
}

/** The vendor's host has no port. Where this one has, its Node SDK sends it and signs the name without it. */
const spellingsOf = (host: string) => [host, host.replace(/:\d+$/, "")];

/** Values of headers are signed in lower case. Exported for the tests, which hold it against what the vendor's SDK signs. */
export function canonicalRequest({ method, url, headers }: SignedRequest, names: readonly string[], host: string, hash: string): string {
  const read = (name: string) => (name === "host" ? host : (headers.get(name) ?? ""));
  const lines = names.map((name) => `${name}:${read(name).trim().toLowerCase()}\n`);
  return [method, url.pathname, url.search.slice(1), lines.join(""), names.join(";"), hash].join("\n");
}

interface Authorization {
  secret_id: string;
  /** Of UTC, e.g. 2026-11-11. */
  date: string;
  headers: string[];
  signature: string;
}

function readAuthorization(text: string | null): Authorization | undefined {
  const [, secret_id, date, names, signature] =
    /^TC3-HMAC-SHA256 +Credential=([^/,\s]+)\/(\d{4}-\d\d-\d\d)\/sms\/tc3_request, *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/.exec(
      text ?? "",
    ) ?? [];
  if (secret_id === undefined || date === undefined || names === undefined || signature === undefined) return undefined;
  return { secret_id, date, headers: names.split(";"), signature };
}
