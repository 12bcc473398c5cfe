import * as z from "zod";
import type { AddressBlock, NamedAddress } from "../store/address-blocks.ts";
import { isoOf } from "../support/clock.ts";
import { addressHashOf } from "../support/names.ts";
import { contextOf } from "../support/sealing.ts";
import { withoutAddresses } from "../support/without-addresses.ts";
import { type Channel, channel } from "../vocabulary/classes.ts";
import { plainText } from "../vocabulary/identifiers.ts";
import { type AuditDeps, actorOf, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { type CountryDeps, homeCountryOf } from "./home-country-of.ts";
import { maskAddress } from "./mask-address.ts";
import { parseAddress } from "./parse-address.ts";
import type { ProfileDeps } from "./prepare-profile.ts";
import { fine, type Outcome, problemOf, problemResponse, wrong } from "./problem.ts";
import { readJson } from "./read-json.ts";

const address = z.string().min(1, "must not be empty").max(320, "must have at most 320 characters");
const liftBody = z.strictObject({ channel, address });
const blockBody = liftBody.extend({
  reason: plainText(200)
    .refine((text) => withoutAddresses(text) === text, "holds a number or an e-mail address; leave it out, the block itself is kept sealed")
    .optional(),
});

export interface BlocksDeps extends ProfileDeps, AuditDeps, CountryDeps {
  readonly now: () => number;
  readonly upsertBlock: (tenant: string, block: Omit<AddressBlock, "lifted_at">) => Promise<AddressBlock>;
  readonly findBlock: (tenant: string, address: NamedAddress) => Promise<AddressBlock | undefined>;
  readonly beginLift: (tenant: string, address: NamedAddress) => Promise<void>;
  readonly endLift: (tenant: string, address: NamedAddress) => Promise<void>;
  /** Keys of those who have this address, or had it, after this one. */
  readonly ownersAfter: (tenant: string, address: NamedAddress, after: string, limit: number) => Promise<readonly string[]>;
  /** Tells one Recipient that the block of this address is lifted. */
  readonly unblock: (tenant: string, recipientKey: string, hash: string) => Promise<void>;
}

/** `PUT /v1/blocks {channel, address, reason?}`: from now on nothing of any class goes there, whoever has the address. */
export async function putBlock(request: Request, caller: Caller, deps: BlocksDeps): Promise<Response> {
  const body = await readJson(request, blockBody, "The block");
  if (!body.ok) return problemResponse(body.problem);
  const named = await nameAddress(body.value, caller.tenant, deps);
  if (!named.ok) return problemResponse(named.problem);
  const { text, ...known } = named.value;
  await deps.audit(caller.tenant, [auditEntryOf(caller, "block.set", known.hash, { channel: known.channel })]);
  const sealed = await deps.sealer.seal(text, contextOf(caller.tenant, "address"));
  const { reason } = body.value;
  const block = await deps.upsertBlock(caller.tenant, { ...known, address: sealed, reason, set_by: actorOf(caller), at: deps.now() });
  return Response.json(shownBlock(block, maskAddress(known.channel, text)));
}

const OWNERS_AT_ONCE = 50;

/**
 * `DELETE /v1/blocks {channel, address}`: messages go there again. Everybody who has the address is told; where that breaks off, the same
 * request goes on with it.
 */
export async function deleteBlock(request: Request, caller: Caller, deps: BlocksDeps): Promise<Response> {
  const body = await readJson(request, liftBody, "The block");
  if (!body.ok) return problemResponse(body.problem);
  const { tenant } = caller;
  const named = await nameAddress(body.value, tenant, deps);
  if (!named.ok) return problemResponse(named.problem);
  const { text: _, ...known } = named.value;
  if (!(await deps.findBlock(tenant, known))) return problemResponse(problemOf("not-found", "There is no block of this address."));
  await deps.audit(tenant, [auditEntryOf(caller, "block.lift", known.hash, { channel: known.channel })]);
  await deps.beginLift(tenant, known);
  for (let after: string | undefined = ""; after !== undefined; ) {
    const owners: readonly string[] = await deps.ownersAfter(tenant, known, after, OWNERS_AT_ONCE);
    await Promise.all(owners.map((key) => deps.unblock(tenant, key, known.hash)));
    after = owners.length === OWNERS_AT_ONCE ? owners.at(-1) : undefined;
  }
  await deps.endLift(tenant, known);
  return new Response(null, { status: 204 });
}

/** An address in its one form (`text`), with the hash that it is known by. */
export async function nameAddress(
  given: { readonly channel: Channel; readonly address: string },
  tenant: string,
  deps: Pick<BlocksDeps, "naming" | "activeCatalog">,
): Promise<Outcome<NamedAddress & { readonly text: string }>> {
  const country = await homeCountryOf(tenant, deps);
  const parsed = parseAddress(given.channel, given.address.trim(), country);
  if (!parsed.ok) return wrong("invalid", "The address is not valid.", [{ pointer: "/address", detail: parsed.why }]);
  const hash = await addressHashOf(deps.naming, tenant, given.channel, parsed.address);
  return fine({ channel: given.channel, hash, text: parsed.address });
}

/** A block as the outside sees it; `address` masked or in clear, undefined where it is gone with the person. */
export function shownBlock({ channel: on, hash, reason, set_by, at, lifted_at }: AddressBlock, address: string | undefined): object {
  const lifting = lifted_at === undefined ? {} : { lifting_since: isoOf(lifted_at) };
  return { channel: on, hash, address: address ?? null, reason, set_by, at: isoOf(at), ...lifting };
}
