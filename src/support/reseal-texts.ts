import { createCipheriv, createDecipheriv } from "node:crypto";
import { base64urlOf, bytesOf } from "./base64.ts";
import { randomBytes } from "./random.ts";
import { contextOf, SEALED_KINDS } from "./sealing.ts";

/** A text whose sealed parts are under the current key. */
export interface Resealed {
  readonly text: string;
  /** So many parts were sealed anew. */
  readonly changed: number;
  /** So many that look sealed, under an older key, could not be opened, and are as they were. */
  readonly unreadable: number;
}

/** Seals anew, under the current key, what is sealed in a text of this tenant; the rest of the text stays as it is. */
export type Reseal = (text: string, tenant: string) => Resealed;

const ALGORITHM = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Key id, nonce of 12 bytes, ciphertext with its tag of 16, as `sealing.ts` joins them; nothing of it is ever escaped in JSON. */
const SEALED = /(?<![\w.-])([a-z0-9]{1,16})\.([\w-]{16})\.([\w-]{22,})(?![\w.-])/g;

/**
 * Reseals as synchronous calls, for steps that may not await. It knows what is sealed by its form and by its opening under one of the
 * tenant's contexts, not by its place, so that no place is forgotten.
 */
export function resealerOf(entries: readonly (readonly [string, Uint8Array])[]): Reseal {
  const keys = new Map(entries);
  const [first] = entries;
  if (!first) throw new Error("no sealing key is configured");
  const [current, currentKey] = first;
  return (text, tenant) => {
    let [changed, unreadable] = [0, 0];
    const resealed = text.replace(SEALED, (sealed: string, id: string, iv: string, body: string) => {
      if (id === current) return sealed;
      const key = keys.get(id);
      for (const kind of key ? SEALED_KINDS : []) {
        const context = contextOf(tenant, kind);
        const opened = key && open(key, bytesOf(iv), bytesOf(body), context);
        if (!opened) continue;
        changed++;
        return `${current}.${seal(currentKey, opened, context)}`;
      }
      unreadable++;
      return sealed;
    });
    return { text: resealed, changed, unreadable };
  };
}

function open(key: Uint8Array, iv: Uint8Array, body: Uint8Array, context: string): Uint8Array | undefined {
  const decipher = createDecipheriv(ALGORITHM, key, iv);
  decipher.setAAD(new TextEncoder().encode(context));
  decipher.setAuthTag(body.subarray(body.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(body.subarray(0, body.length - TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Nonce and ciphertext, joined by a dot. */
function seal(key: Uint8Array, text: Uint8Array, context: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv);
  cipher.setAAD(new TextEncoder().encode(context));
  const body = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return `${base64urlOf(iv)}.${base64urlOf(body)}`;
}
