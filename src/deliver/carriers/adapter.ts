import type * as z from "zod";
import type { Outgoing } from "../../support/outgoing.ts";
import type { CarrierAnswer, CarrierLimits, CarrierReceipt } from "../../vocabulary/carrier.ts";

/** One account at a provider: what the catalog says, with its secrets looked up. */
export interface CarrierAccount<Settings> {
  /** Origin to call, without a trailing slash, e.g. https://api.twilio.com; may be a relay. */
  readonly base_url: string;
  readonly settings: Settings;
  /** By the names that the adapter declares in `secrets`; read them with `secretOf`. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** A secret of the account. Throws where it is missing or empty, which mounting has ruled out: an empty key must never sign. */
export function secretOf(account: Pick<CarrierAccount<unknown>, "secrets">, name: string): string {
  const secret = account.secrets[name];
  if (!secret) throw new Error(`the carrier's account has no secret ${name}`);
  return secret;
}

/** JSON text by a schema; undefined where it is no JSON or not of that shape. */
export function parseJson<Shape>(schema: z.ZodType<Shape>, text: string): Shape | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** One text for one handset. */
export interface OutgoingText {
  /** E.164, e.g. +8613800138000. */
  readonly to: string;
  readonly text: string;
  /** Our message id, for carriers that keep a reference. */
  readonly message: string;
  /** Where receipts shall come; carries the message id where the carrier keeps no reference. Left out, none are asked for. */
  readonly callback_url?: string;
}

/** A callback as it came in. `url` is the public one, since signatures cover it; header names are lower case. */
export interface Callback {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a callback proves. `unsigned`: the carrier signs nothing, the unguessable path must do. */
export type CallbackVerdict = "genuine" | "forged" | "unsigned";

/**
 * What a carrier's callback says. `receipts` may be empty (a state we do not follow); `unreadable` says why, in our words.
 */
export type ReceiptsRead =
  | { readonly kind: "receipts"; readonly receipts: readonly CarrierReceipt[] }
  | { readonly kind: "unreadable"; readonly why: string };

/** The plain object that speaks one provider's HTTP API. Vendor words stop here. */
export interface CarrierAdapter<Settings> {
  readonly name: string;
  /** Hosts of the vendor's own API, allowed without the deployment's list; `*.` stands for one or more labels. */
  readonly hosts: readonly string[];
  readonly limits: CarrierLimits;
  readonly settings: z.ZodType<Settings>;
  /** Names of the secrets that an account with these settings must have. */
  secrets(settings: Settings): readonly string[];
  send(account: CarrierAccount<Settings>, text: OutgoingText, outgoing: Outgoing): Promise<CarrierAnswer>;
  verifyCallback(account: CarrierAccount<Settings>, callback: Callback): Promise<CallbackVerdict>;
  readReceipts(callback: Callback): ReceiptsRead;
  /** What the carrier wants to hear when its callback was settled. */
  readonly acknowledgement: { readonly status: number; readonly body: string; readonly content_type: string };
}
