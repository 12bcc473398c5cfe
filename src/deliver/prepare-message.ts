import * as z from "zod";
import { type Reader, renderMessage, type Told, type Wanted, type Words } from "../render/render-message.ts";
import type { CompiledCatalog } from "../store/compiled-catalog.ts";
import { cut } from "../support/cut.ts";
import { contextOf, type Sealer } from "../support/sealing.ts";
import { withoutAddresses } from "../support/without-addresses.ts";
import type { CarrierLimits } from "../vocabulary/carrier.ts";
import { event } from "../vocabulary/event.ts";
import type { Item } from "./lane-batch.ts";
import type { ClaimedMessage } from "./recipient-port.ts";

/** A claimed message with everything opened that a carrier's call needs. */
export interface Prepared {
  readonly item: Item;
  readonly claimed: ClaimedMessage;
  /** By then the answer must be told (milliseconds). */
  readonly leaseUntil: number;
  readonly compiled: CompiledCatalog;
  /** E.164, or the channel's own kind of address. */
  readonly to: string;
  /** Rendered once, whichever carriers are asked. */
  readonly words: Words;
  readonly reader: Reader;
  readonly told: Told;
}

export type Preparation =
  | { readonly kind: "prepared"; readonly prepared: Prepared }
  /** The words cannot be made: no carrier would do better. */
  | { readonly kind: "unrenderable"; readonly why: string };

export interface PrepareDeps {
  /** A version with these notices. */
  readonly catalogVersion: (tenant: string, version: number, wanted: { readonly names: readonly string[] }) => Promise<CompiledCatalog>;
  readonly sealer: Sealer;
}

/** Opens what was sealed and renders the words. Throws where something of ours is broken: nothing has been sent then. */
export async function prepareMessage(
  item: Item,
  claimed: ClaimedMessage,
  leaseUntil: number,
  { catalogVersion, sealer }: PrepareDeps,
): Promise<Preparation> {
  const compiled = await catalogVersion(item.tenant, claimed.catalog, { names: [claimed.notice] });
  const opened = await open(item.tenant, claimed, sealer);
  const words = renderMessage(compiled.catalog, wantedOf(claimed), opened.told, opened.reader);
  if (words.kind === "unrenderable") return { kind: "unrenderable", why: cut(withoutAddresses(words.why), 200) };
  return { kind: "prepared", prepared: { item, claimed, leaseUntil, compiled, ...opened, words } };
}

/** Which words a claimed message has: its number's country says how they are signed and counted. */
export function wantedOf({ notice, step, channel, address: { country } }: ClaimedMessage): Wanted {
  return { notice, channel, ...(step === undefined ? {} : { step }), ...(country === undefined ? {} : { country }) };
}

/** The text that a carrier is given: one that adds the signature gets it without. */
export function textFor({ text, body }: Words, { adds_signature }: Pick<CarrierLimits, "adds_signature">): string {
  return adds_signature ? body : text;
}

/** What was sealed, opened: the address, the reader, and what the words are about. */
async function open(
  tenant: string,
  claimed: ClaimedMessage,
  sealer: Sealer,
): Promise<{ readonly to: string; readonly reader: Reader; readonly told: Told }> {
  const parsed = async (sealed: string): Promise<unknown> => JSON.parse(await sealer.open(sealed, contextOf(tenant, "event")));
  const [to, id, attributes, data, merged] = await Promise.all([
    sealer.open(claimed.address.sealed, contextOf(tenant, "address")),
    sealer.open(claimed.recipient.id, contextOf(tenant, "recipient")),
    parsed(claimed.sealed),
    claimed.data === undefined ? undefined : parsed(claimed.data),
    Promise.all(claimed.merged.map((sealed) => (sealed === "" ? undefined : parsed(sealed)))),
  ]);
  return {
    to,
    reader: { ...claimed.recipient, id },
    told: { event: event.parse({ ...z.looseObject({}).parse(attributes), data }), merged },
  };
}
