import { base64urlOf } from "./base64.ts";

/** The one door for randomness: `size` random bytes in base64url. */
export function randomToken(size: number): string {
  return base64urlOf(randomBytes(size));
}

export function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(size));
}

/** A number from 0 (included) to 1 (excluded), to spread retries. */
export function randomFraction(): number {
  return new DataView(randomBytes(4).buffer).getUint32(0) / 2 ** 32;
}
