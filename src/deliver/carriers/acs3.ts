import { createHash, createHmac } from "node:crypto";
import { clock, isoOf } from "../../support/clock.ts";
import type { OutgoingRequest } from "../../support/outgoing.ts";
import { randomToken } from "../../support/random.ts";

/** An AccessKey of Alibaba Cloud; `token` where it is a temporary one (STS). */
export interface Acs3Key {
  readonly id: string;
  readonly secret: string;
  readonly token?: string;
}

/** One action of an API in RPC style. */
export interface Acs3Call {
  /** Where the request goes; may be a relay. */
  readonly base_url: string;
  /** The vendor's host that a relay hands the request on to: then that host and the path `/` are signed, else those of `base_url`. */
  readonly signed_host?: string | undefined;
  readonly version: string;
  readonly action: string;
  readonly query: Readonly<Record<string, string>>;
  /** Fields of a form body; left out, the body is empty. */
  readonly form?: Readonly<Record<string, string>>;
}

const ALGORITHM = "ACS3-HMAC-SHA256";
const NONCE_BYTES = 24;

/**
 * A signed POST (https://help.aliyun.com/document_detail/2593177.html). URL and body are written in the strict form that is signed,
 * so that nothing on the way has a reason to write them anew.
 */
export function acs3Request(call: Acs3Call, key: Acs3Key): OutgoingRequest {
  const { base_url, signed_host, version, action, query, form } = call;
  const body = form === undefined ? undefined : strictPairs(Object.entries(form));
  const headers = {
    accept: "application/json",
    ...(body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
    "x-acs-action": action,
    "x-acs-content-sha256": sha256(body ?? ""),
    "x-acs-date": isoOf(clock()).replace(/\.\d+Z$/, "Z"),
    "x-acs-signature-nonce": randomToken(NONCE_BYTES),
    "x-acs-version": version,
    ...(key.token === undefined ? {} : { "x-acs-accesskey-id": key.id, "x-acs-security-token": key.token }),
  };
  const search = strictPairs(Object.entries(query));
  const url = `${base_url}/?${search}`;
  const signed = signed_host === undefined ? url : `https://${signed_host}/?${search}`;
  const authorization = acs3Authorization({ method: "POST", url: signed, headers }, key);
  return { method: "POST", url, headers: { ...headers, authorization }, ...(body === undefined ? {} : { body }) };
}

/**
 * The value of Authorization: HMAC-SHA256 by the secret over the hash of the canonical request. Signed are the URL's host, the
 * content type and every `x-acs-` header; the body by its hash, which is one of them. Names of headers are lower case.
 */
export function acs3Authorization(
  request: Pick<OutgoingRequest, "method" | "url" | "headers">,
  key: Pick<Acs3Key, "id" | "secret">,
): string {
  const { host, pathname, search } = new URL(request.url);
  const signed = Object.entries({ ...request.headers, host })
    .filter(([name]) => name === "host" || name === "content-type" || name.startsWith("x-acs-"))
    .sort(byName);
  const names = signed.map(([name]) => name).join(";");
  const canonical = [
    request.method,
    pathname,
    strictPairs(pairsOf(search.slice(1)).sort(byName)),
    ...signed.map(([name, value]) => `${name}:${value.trim()}`),
    "",
    names,
    request.headers["x-acs-content-sha256"] ?? "",
  ].join("\n");
  const signature = createHmac("sha256", key.secret)
    .update(`${ALGORITHM}\n${sha256(canonical)}`)
    .digest("hex");
  return `${ALGORITHM} Credential=${key.id},SignedHeaders=${names},Signature=${signature}`;
}

/**
 * RFC 3986 as it is signed: all but A–Z, a–z, 0–9 and `-_.~` is written %XX. `encodeURIComponent` leaves five more as they are.
 * Half a surrogate pair, which has no UTF-8, becomes U+FFFD.
 */
export function strictEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

const strictPairs = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map((pair) => pair.map(strictEncode).join("=")).join("&");

/** The pairs of a query; a plus sign is one, as nobody writes a space so here. */
function pairsOf(query: string): [string, string][] {
  if (query === "") return [];
  return query.split("&").map((pair) => {
    const [name = "", ...value] = pair.split("=");
    return [decodeURIComponent(name), decodeURIComponent(value.join("="))];
  });
}

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : a > b ? 1 : 0);

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
