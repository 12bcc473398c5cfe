import * as z from "zod";
import { addressesOf } from "../admit/addresses-of.ts";
import type { Held } from "../admit/recipient-commands.ts";
import type { AddressOwner } from "../store/addresses.ts";
import type { CompiledCatalog } from "../store/compiled-catalog.ts";
import type { PeoplePage, PersonRow } from "../store/people.ts";
import { isoOf } from "../support/clock.ts";
import { addressHashOf, recipientKeyOf } from "../support/names.ts";
import { CHANNELS, type Channel, channel } from "../vocabulary/classes.ts";
import { callerId, recipientKey } from "../vocabulary/identifiers.ts";
import { type AuditDeps, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { parseAddress } from "./parse-address.ts";
import { personView, profileOf } from "./person-view.ts";
import type { ProfileDeps } from "./prepare-profile.ts";
import { fine, type Outcome, problemOf, problemResponse, wrong } from "./problem.ts";
import { parametersOf, parseAs } from "./read-json.ts";
import { mayUnmask, unmask } from "./unmask.ts";

export interface ShowRecipientsDeps extends ProfileDeps, AuditDeps {
  readonly profile: (tenant: string, recipientKey: string) => Promise<Held>;
  readonly activeCatalog: (tenant: string) => Promise<CompiledCatalog | undefined>;
  readonly listPeople: (tenant: string, tag: string | undefined, after: string, limit: number) => Promise<PeoplePage>;
  readonly findPeople: (tenant: string, keys: readonly string[]) => Promise<readonly PersonRow[]>;
  readonly ownersOf: (tenant: string, channels: readonly Channel[], hashes: readonly string[]) => Promise<readonly AddressOwner[]>;
}

/** Somebody of another tenant is answered alike. */
export const NOBODY_HERE = problemOf("not-found", "There is no recipient with this id.");

const one = z.strictObject({ unmask });

/** `GET /v1/recipients/{id}?unmask=`: profile, preferences and addresses, masked unless that is asked for; then the audit says so first. */
export async function showRecipient(request: Request, rawId: string, caller: Caller, deps: ShowRecipientsDeps): Promise<Response> {
  const asked = parseAs(one, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const clear = mayUnmask(caller, asked.value.unmask);
  if (!clear.ok) return problemResponse(clear.problem);
  const id = callerId.safeParse(rawId);
  if (!id.success) return problemResponse(NOBODY_HERE);
  const key = await recipientKeyOf(deps.naming, caller.tenant, id.data);
  const { profile, preferences, uncopied_since } = await deps.profile(caller.tenant, key);
  if (!profile) return problemResponse(NOBODY_HERE);
  if (clear.value) await deps.audit(caller.tenant, [auditEntryOf(caller, "recipient.unmask", key)]);
  const view = await personView(profile, caller.tenant, clear.value, deps);
  const uncopied = uncopied_since === undefined ? {} : { uncopied_since: isoOf(uncopied_since) };
  return Response.json({ ...view, preferences: preferences.map((entry) => ({ ...entry, at: isoOf(entry.at) })), ...uncopied });
}

const LIST_MAX = 100;
const query = z.strictObject({
  address: z.string().min(1).max(320).optional(),
  channel: channel.optional(),
  tag: z.string().min(1).max(64).optional(),
  cursor: recipientKey.optional(),
  limit: z.coerce.number().int().min(1).max(LIST_MAX).default(LIST_MAX),
});
type Query = z.infer<typeof query>;

/** `GET /v1/recipients?address=&channel=&tag=&cursor=&limit=`: everyone, or those who have this address now; masked. */
export async function listRecipients(request: Request, { tenant }: Caller, deps: ShowRecipientsDeps): Promise<Response> {
  const asked = parseAs(query, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const { address, channel: on, tag, cursor = "", limit } = asked.value;
  if (address === undefined && on !== undefined) {
    return problemResponse(
      problemOf("invalid", "The query is not valid in 1 place.", [{ pointer: "/channel", detail: "is of no use without an address" }]),
    );
  }
  const page =
    address === undefined ? fine(await deps.listPeople(tenant, tag, cursor, limit)) : await ownersAt(address, asked.value, tenant, deps);
  if (!page.ok) return problemResponse(page.problem);
  const recipients = await Promise.all(page.value.people.map((row) => personView(profileOf(row), tenant, false, deps)));
  return Response.json({ recipients, ...(page.value.next === undefined ? {} : { next: page.value.next }) });
}

/** Those who have this address now, by its hash on each channel that it may be of; who once had it is not meant. */
async function ownersAt(
  address: string,
  { channel: on, tag, cursor = "", limit }: Query,
  tenant: string,
  deps: ShowRecipientsDeps,
): Promise<Outcome<PeoplePage>> {
  const country = (await deps.activeCatalog(tenant))?.catalog.defaults?.country;
  const channels = on === undefined ? CHANNELS : [on];
  const parsed = channels.map((one) => ({ channel: one, ...parseAddress(one, address.trim(), country) }));
  const hashes = await Promise.all(parsed.flatMap((one) => (one.ok ? [addressHashOf(deps.naming, tenant, one.channel, one.address)] : [])));
  if (hashes.length === 0) {
    const why = parsed.flatMap((one) => (one.ok ? [] : [one.why])).join(", and ");
    return wrong("invalid", "The query is not valid in 1 place.", [{ pointer: "/address", detail: why }]);
  }
  const owners = await deps.ownersOf(tenant, channels, hashes);
  const keys = [...new Set(owners.map(({ recipient }) => recipient))].filter((key) => key > cursor);
  const found = (await deps.findPeople(tenant, keys)).filter((row) => {
    const profile = profileOf(row);
    const has = channels.some((one) => addressesOf(profile, one).some(({ hash }) => hashes.includes(hash)));
    return has && (tag === undefined || profile.tags.includes(tag));
  });
  const people = found.slice(0, limit);
  return fine({ people, next: found.length > limit ? people.at(-1)?.key : undefined });
}
