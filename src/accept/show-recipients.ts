import * as z from "zod";
import { addressesOf } from "../admit/addresses-of.ts";
import { profile as keptProfile } from "../admit/document.ts";
import type { Held } from "../admit/recipient-commands.ts";
import type { AddressOwner } from "../store/addresses.ts";
import type { CopiesPage, RecipientCopy } from "../store/recipient-copies.ts";
import { addressHashOf, recipientKeyOf } from "../support/names.ts";
import { parseJson } from "../support/parse-json.ts";
import { CHANNELS, type Channel, channel } from "../vocabulary/classes.ts";
import { callerId } from "../vocabulary/identifiers.ts";
import { type AuditDeps, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { cursorOf, keyCursor } from "./cursor.ts";
import { type CountryDeps, homeCountryOf } from "./home-country-of.ts";
import { limitOf } from "./limit-of.ts";
import { NOBODY_HERE } from "./nobody-here.ts";
import { rowOpener, UNREADABLE } from "./open-rows.ts";
import { parseAddress } from "./parse-address.ts";
import type { ProfileDeps } from "./prepare-profile.ts";
import { fine, invalidIn, type Outcome, problemResponse } from "./problem.ts";
import { shownHeld } from "./put-preferences.ts";
import { parametersOf, parseAs } from "./read-json.ts";
import { profileOf, type RecipientView, recipientView } from "./recipient-view.ts";
import { mayUnmask, unmask } from "./unmask.ts";

export interface ShowRecipientsDeps extends ProfileDeps, AuditDeps, CountryDeps {
  readonly profile: (tenant: string, recipientKey: string) => Promise<Held>;
  readonly listCopies: (tenant: string, tag: string | undefined, after: string, limit: number) => Promise<CopiesPage>;
  readonly findCopies: (tenant: string, keys: readonly string[]) => Promise<readonly RecipientCopy[]>;
  readonly ownersOf: (tenant: string, channels: readonly Channel[], hashes: readonly string[]) => Promise<readonly AddressOwner[]>;
}

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
  const held = await deps.profile(caller.tenant, key);
  const { profile } = held;
  if (!profile) return problemResponse(NOBODY_HERE);
  const view = await rowOpener(caller.tenant)(key, () => recipientView(profile, caller.tenant, clear.value, deps));
  if (!view) return problemResponse(UNREADABLE.problem);
  if (clear.value) await deps.audit(caller.tenant, [auditEntryOf(caller, "recipient.unmask", key)]);
  return Response.json({ ...view, ...shownHeld(held) });
}

const LIST_MAX = 100;
const query = z
  .strictObject({
    address: z.string().min(1).max(320).optional(),
    channel: channel.optional(),
    tag: z.string().min(1).max(64).optional(),
    cursor: keyCursor.optional(),
    limit: limitOf(LIST_MAX, LIST_MAX),
  })
  .refine(({ channel: on, address }) => on === undefined || address !== undefined, {
    path: ["channel"],
    message: "is of no use without an address",
  });
type Query = z.infer<typeof query>;

/** `GET /v1/recipients?address=&channel=&tag=&cursor=&limit=`: everyone, or those who have this address now; masked. */
export async function listRecipients(request: Request, { tenant }: Caller, deps: ShowRecipientsDeps): Promise<Response> {
  const asked = parseAs(query, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const { address, tag, cursor = "", limit } = asked.value;
  const page =
    address === undefined ? fine(await deps.listCopies(tenant, tag, cursor, limit)) : await ownersAt(address, asked.value, tenant, deps);
  if (!page.ok) return problemResponse(page.problem);
  const recipients = await viewsOf(page.value.copies, tenant, false, deps);
  return Response.json({ recipients, ...(page.value.next === undefined ? {} : { next: cursorOf(page.value.next) }) });
}

/** Each as the outside sees it; one that cannot be opened by its key, and what is wrong with it. */
export async function viewsOf(
  copies: readonly RecipientCopy[],
  tenant: string,
  clear: boolean,
  deps: ProfileDeps,
): Promise<(RecipientView | ({ readonly key: string } & typeof UNREADABLE))[]> {
  const open = rowOpener(tenant);
  return Promise.all(
    copies.map(
      async (row) =>
        (await open(row.key, async () => recipientView(profileOf(row), tenant, clear, deps))) ?? { key: row.key, ...UNREADABLE },
    ),
  );
}

/** Those who have this address now, by its hash on each channel that it may be of; who once had it is not meant. */
async function ownersAt(
  address: string,
  { channel: on, tag, cursor = "", limit }: Query,
  tenant: string,
  deps: ShowRecipientsDeps,
): Promise<Outcome<CopiesPage>> {
  const country = await homeCountryOf(tenant, deps);
  const channels = on === undefined ? CHANNELS : [on];
  const parsed = channels.map((one) => ({ channel: one, ...parseAddress(one, address.trim(), country) }));
  const hashes = await Promise.all(parsed.flatMap((one) => (one.ok ? [addressHashOf(deps.naming, tenant, one.channel, one.address)] : [])));
  if (hashes.length === 0) {
    const why = parsed.flatMap((one) => (one.ok ? [] : [one.why])).join(", and ");
    return invalidIn("The query", [{ pointer: "/address", detail: why }]);
  }
  const owners = await deps.ownersOf(tenant, channels, hashes);
  const keys = [...new Set(owners.map(({ recipient }) => recipient))].filter((key) => key > cursor);
  const found = (await deps.findCopies(tenant, keys)).filter((row) => {
    const profile = parseJson(keptProfile, row.profile);
    if (!profile) return true;
    const has = channels.some((one) => addressesOf(profile, one).some(({ hash }) => hashes.includes(hash)));
    return has && (tag === undefined || profile.tags.includes(tag));
  });
  const copies = found.slice(0, limit);
  return fine({ copies, next: found.length > limit ? copies.at(-1)?.key : undefined });
}
