import type { OutgoingRequest } from "../support/outgoing.ts";

const MASK = "***";

/** Names of parameters and headers that prove who calls. `SignatureNonce` and `SignedHeaders`, which help to find errors, are none. */
const PROOF = String.raw`[\w.-]*(?:signature|password|secret|token|api[_-]?key)|sign|sig`;
const PARAMETER = new RegExp(String.raw`(^|[?&,\s])(${PROOF})=[^&,\s"'<>]*`, "gi");
const MEMBER = new RegExp(String.raw`"(${PROOF})"(\s*:\s*)"(?:[^"\\]|\\.)*"`, "gi");
const HEADER = new RegExp(`^(?:${PROOF})$`, "i");
/** Base64 of either alphabet, also percent-encoded. */
const BASE64 = /(?:[A-Za-z0-9+/_-]|%2[BF]){8,}(?:=|%3D)*/gi;
const ALIGNMENTS = [0, 1, 2, 3];

/** A request as people may see it: no secret of the account stands in it, in whatever form, and nothing that was made with one. */
export function maskedRequest({ method, url, headers, body }: OutgoingRequest, secrets: readonly string[]): OutgoingRequest {
  const shown = Object.entries(headers).map(([name, value]) => [name, maskedHeader(name, value, secrets)] as const);
  return {
    method,
    url: maskedText(url, secrets),
    headers: Object.fromEntries(shown),
    ...(body === undefined ? {} : { body: maskedText(body, secrets) }),
  };
}

/** A text with neither the account's secrets nor signatures and tokens, where they stand as parameters or members of JSON. */
export function maskedText(text: string, secrets: readonly string[]): string {
  return withoutSecrets(text, secrets).replace(PARAMETER, `$1$2=${MASK}`).replace(MEMBER, `"$1"$2"${MASK}"`);
}

/** A text without the account's secrets: as they are, encoded for URLs, JSON, base64 or hex, or inside of longer base64. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let masked = text.replace(BASE64, (token) => (secrets.some((secret) => holds(token, secret)) ? MASK : token));
  const forms = secrets.flatMap(formsOf).sort((a, b) => b.length - a.length);
  for (const form of forms) masked = masked.replaceAll(form, MASK);
  return masked;
}

/** Credentials stay away whole; of those that have parts, such as TC3's and ACS3's, the parts that are no proof stay. */
function maskedHeader(name: string, value: string, secrets: readonly string[]): string {
  if (HEADER.test(name)) return MASK;
  if (!/^(proxy-)?authorization$/i.test(name)) return maskedText(value, secrets);
  const [scheme = "", ...rest] = value.split(" ");
  const parts = rest.join(" ");
  return /\w=[^=\s]/.test(parts) ? `${scheme} ${maskedText(parts, secrets)}` : `${rest.length > 0 ? `${scheme} ` : ""}${MASK}`;
}

function formsOf(secret: string): string[] {
  if (secret === "") return [];
  const bytes = Buffer.from(secret);
  const hex = bytes.toString("hex");
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
    hex,
    hex.toUpperCase(),
  ];
}

/** Whether what a piece of base64 says holds the secret, wherever in it the base64 begins. */
function holds(token: string, secret: string): boolean {
  if (secret === "") return false;
  const plain = token.replace(/%2B/gi, "+").replace(/%2F/gi, "/").replace(/%3D/gi, "=");
  return ALIGNMENTS.some((skipped) => Buffer.from(plain.slice(skipped), "base64").includes(secret));
}
