import { isoOf } from "../../support/clock.ts";

/** What TC3-HMAC-SHA256 covers of a POST, and the key that signs it. */
export interface Tc3Request {
  readonly secret_id: string;
  readonly secret_key: string;
  /** First label of the vendor's host, e.g. sms. */
  readonly service: string;
  /** Host name without a port, as Tencent's own SDKs sign it. */
  readonly host: string;
  readonly content_type: string;
  /** The bytes that are sent, as text: they are hashed as they are. */
  readonly body: string;
  /** Seconds since 1970, the same as in X-TC-Timestamp; Tencent takes five minutes of difference. */
  readonly timestamp: number;
}

const ALGORITHM = "TC3-HMAC-SHA256";
const SIGNED_HEADERS = "content-type;host";
const HMAC_SHA256 = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();

/**
 * The Authorization header by Tencent Cloud's signature method v3 (https://cloud.tencent.com/document/api/213/30654). The path is
 * always `/` and there is no query; only content type and host are signed besides the body, their values in lower case.
 */
export async function signTc3(request: Tc3Request): Promise<string> {
  const { secret_id, secret_key, service, host, content_type, body, timestamp } = request;
  const headers = `content-type:${content_type.trim().toLowerCase()}\nhost:${host.toLowerCase()}\n`;
  const canonical = ["POST", "/", "", headers, SIGNED_HEADERS, await hashOf(body)].join("\n");
  const date = isoOf(timestamp * 1000).slice(0, 10);
  const scope = `${date}/${service}/tc3_request`;
  const toSign = [ALGORITHM, timestamp, scope, await hashOf(canonical)].join("\n");

  let key = new Uint8Array(encoder.encode(`TC3${secret_key}`));
  for (const part of [date, service, "tc3_request", toSign]) key = await macOf(key, part);
  return `${ALGORITHM} Credential=${secret_id}/${scope}, SignedHeaders=${SIGNED_HEADERS}, Signature=${hexOf(key)}`;
}

async function hashOf(text: string): Promise<string> {
  return hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));
}

async function macOf(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey("raw", key, HMAC_SHA256, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(text)));
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
