import { createHash, createHmac } from "node:crypto";

/** Names something without saying what it is: 22 characters of base64url, 128 bits. Parts cannot run into each other. */
export type KeyedHash = (...parts: readonly string[]) => string;

const NAME_LENGTH = 22;

/**
 * HMAC-SHA-256 as one synchronous call, for steps that may not await. Keyed, since rendered keys such as order numbers are
 * few enough to be tried through. The key is a naming key: never rotated, or what it named is not found again.
 */
export function keyedHashOf(key: string | Uint8Array): KeyedHash {
  return (...parts) => createHmac("sha256", key).update(JSON.stringify(parts)).digest("base64url").slice(0, NAME_LENGTH);
}

/** SHA-256 as one synchronous call. */
export const plainHash: KeyedHash = (...parts) =>
  createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, NAME_LENGTH);

/** Equal for equal parts, else as if drawn: a number between 0 and 1, neither of them, of 48 bits of SHA-256. Takes some 3 µs. */
export function hashFraction(...parts: readonly string[]): number {
  const bits = createHash("sha256").update(JSON.stringify(parts)).digest().readUIntBE(0, 6);
  return (bits + 0.5) / 2 ** 48;
}
