import { type NamingKey, nameOf } from "./hashing.ts";

const RECIPIENT_KEY_LENGTH = 22;

/** The key of a recipient: HMAC of tenant and id, so that it names one Recipient and tells nobody who it is. */
export function recipientKeyOf(naming: NamingKey, tenant: string, id: string): Promise<string> {
  return nameOf(naming, "recipient", tenant, id);
}

/** Whose message it is: the first part of its id. */
export function recipientKeyOfMessage(id: string): string {
  return id.slice(0, RECIPIENT_KEY_LENGTH);
}

/** Equal for equal bodies; an HMAC, since bodies may hold codes that are easily guessed. */
export function bodyHashOf(naming: NamingKey, tenant: string, body: string): Promise<string> {
  return nameOf(naming, "body", tenant, body);
}

/** Finds an address without storing it in clear. */
export function addressHashOf(naming: NamingKey, tenant: string, channel: string, address: string): Promise<string> {
  return nameOf(naming, "address", tenant, channel, address);
}

/** The unguessable part of a carrier account's callback addresses. */
export function callbackTokenOf(naming: NamingKey, tenant: string, carrier: string): Promise<string> {
  return nameOf(naming, "callback", tenant, carrier);
}

export function keyHashOf(naming: NamingKey, secret: string): Promise<string> {
  return nameOf(naming, "key", secret);
}
