import { mayRetry } from "../support/may-retry.ts";
import { randomFraction } from "../support/random.ts";
import type { Recipient } from "./recipient.ts";

type RecipientStub = DurableObjectStub<Recipient>;

/** Calls one recipient of one tenant. `key` is the first part of its messages' ids. */
export type RecipientDoor = <Answer>(tenant: string, key: string, call: (recipient: RecipientStub) => Promise<Answer>) => Promise<Answer>;

const TRIES = 4;
const PAUSE_MS = 50;

/**
 * The door to Recipients. A failed call is made again only where the platform says that this helps (`retryable`, and not
 * `overloaded`), each time through a fresh stub, since a failed one stays broken; every command may be repeated.
 */
export function recipientDoorOf(namespace: DurableObjectNamespace<Recipient>): RecipientDoor {
  return async (tenant, key, call) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call(namespace.getByName(`${tenant}/${key}`));
      } catch (error) {
        if (attempt === TRIES || !mayRetry(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * 2 ** attempt * (0.5 + randomFraction())));
      }
    }
  };
}
