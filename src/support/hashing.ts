import { base64urlOf } from "./base64.ts";
import { randomBytes } from "./random.ts";

const encoder = new TextEncoder();

/** The key that names things by HMAC-SHA-256. It is never rotated: what it named must be found again. */
export type NamingKey = CryptoKey;

export async function namingKeyOf(bytes: Uint8Array<ArrayBuffer>): Promise<NamingKey> {
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

/** 128 bits of HMAC over parts that cannot run into each other, in base64url (22 characters). */
export async function nameOf(key: NamingKey, ...parts: readonly string[]): Promise<string> {
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(JSON.stringify(parts)));
  return base64urlOf(new Uint8Array(mac, 0, 16));
}

/** Whether two texts are equal, in a time that does not tell where they differ. */
export async function equalSecrets(a: string, b: string): Promise<boolean> {
  const key = await crypto.subtle.importKey("raw", randomBytes(32), { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(a));
  return crypto.subtle.verify("HMAC", key, mac, encoder.encode(b));
}

/** What a text is stored under: its SHA-256, in base64url. */
export async function contentHashOf(text: string): Promise<string> {
  return base64urlOf(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));
}
