import { base64urlOf, bytesOf } from "./base64.ts";
import { randomBytes } from "./random.ts";

const IV_BYTES = 12;

/** The keys that seal what is personal: the first seals, all of them open. */
export interface SealingKeys {
  readonly current: string;
  readonly keys: ReadonlyMap<string, CryptoKey>;
}

/** Seals texts with AES-256-GCM. `context` (tenant and kind) is bound to the text: a sealed text does not open elsewhere. */
export interface Sealer {
  seal(text: string, context: string): Promise<string>;
  /** Throws where the key is unknown or the text was changed. */
  open(sealed: string, context: string): Promise<string>;
  /** Whether a text is sealed under the key that seals now. */
  isCurrent(sealed: string): boolean;
}

/** The id of the key under which a text is sealed. */
export function sealingKeyOf(sealed: string): string {
  return sealed.slice(0, sealed.indexOf("."));
}

export const SEALED_KINDS = ["address", "recipient", "event", "ip"] as const;

/** What a sealed text is bound to: its tenant and its kind. */
export function contextOf(tenant: string, kind: (typeof SEALED_KINDS)[number]): string {
  return `${tenant}/${kind}`;
}

export async function sealingKeysOf(entries: readonly (readonly [string, Uint8Array<ArrayBuffer>])[]): Promise<SealingKeys> {
  const [first] = entries;
  if (!first) throw new Error("no sealing key is configured");
  const keys = new Map<string, CryptoKey>();
  for (const [id, bytes] of entries) keys.set(id, await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]));
  return { current: first[0], keys };
}

/** Sealed form: key id, nonce and ciphertext, joined by dots; the id in the text makes rotation possible. */
export function sealerOf({ current, keys }: SealingKeys): Sealer {
  const keyOf = (id: string): CryptoKey => {
    const key = keys.get(id);
    if (!key) throw new Error(`sealing key ${id} is not configured`);
    return key;
  };
  return {
    isCurrent: (sealed) => sealingKeyOf(sealed) === current,
    async seal(text, context) {
      const iv = randomBytes(IV_BYTES);
      const algorithm = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(context) };
      const sealed = await crypto.subtle.encrypt(algorithm, keyOf(current), new TextEncoder().encode(text));
      return `${current}.${base64urlOf(iv)}.${base64urlOf(new Uint8Array(sealed))}`;
    },
    async open(sealed, context) {
      const [id, iv, body, ...rest] = sealed.split(".");
      if (!id || !iv || !body || rest.length > 0) throw new Error("a sealed text is not of the form key.nonce.ciphertext");
      const algorithm = { name: "AES-GCM", iv: bytesOf(iv), additionalData: new TextEncoder().encode(context) };
      return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, keyOf(id), bytesOf(body)));
    },
  };
}
