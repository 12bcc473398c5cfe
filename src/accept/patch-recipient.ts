import { type ProfileChange, tagsAfter } from "../admit/change-profile.ts";
import type { ChangeAnswer } from "../admit/change-profiles.ts";
import type { Held } from "../admit/recipient-commands.ts";
import type { Issue } from "../support/issues.ts";
import { CHANNELS } from "../vocabulary/classes.ts";
import { callerId } from "../vocabulary/identifiers.ts";
import { type RecipientPatch, recipientPatch, TAGS_MAX } from "../vocabulary/recipient.ts";
import type { AdmitDeps } from "./admit-all.ts";
import { type AuditDeps, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { type CopyDeps, copyRecipient } from "./copy-recipient.ts";
import { addressee } from "./draft-event.ts";
import { type CountryDeps, homeCountryOf } from "./home-country-of.ts";
import { NOBODY_HERE } from "./nobody-here.ts";
import { prepareAddresses } from "./prepare-addresses.ts";
import { invalidIn, problemOf, problemResponse } from "./problem.ts";
import { parseAs, readJson } from "./read-json.ts";

export interface ChangeDeps {
  /** Changes one profile, one change after the other; its row is written when the promise resolves. */
  readonly change: (tenant: string, recipientKey: string, changes: readonly ProfileChange[]) => Promise<ChangeAnswer>;
}

export interface PatchRecipientDeps extends AdmitDeps, AuditDeps, ChangeDeps, CopyDeps, CountryDeps {
  readonly profile: (tenant: string, recipientKey: string) => Promise<Held>;
}

/**
 * `PATCH /v1/recipients/{id}`: a JSON merge patch (RFC 7396) of the profile, and tags that are added and removed whatever others do at
 * the same time. Somebody who is not there is not made.
 */
export async function patchRecipient(request: Request, rawId: string, caller: Caller, deps: PatchRecipientDeps): Promise<Response> {
  const { tenant } = caller;
  const id = parseAs(callerId, rawId, "The recipient's id");
  if (!id.ok) return problemResponse(id.problem);
  const body = await readJson(request, recipientPatch, "The patch");
  if (!body.ok) return problemResponse(body.problem);
  const country = await homeCountryOf(tenant, deps);
  const issues: Issue[] = [];
  const addresses = await prepareAddresses(addressesIn(body.value), { tenant, country, path: [] }, issues, deps);
  if (issues.length > 0) return problemResponse(problemOf("invalid", "The patch is not valid; see errors for where and why.", issues));

  const { key, sealed } = await addressee(id.value, tenant, deps);
  const change = { ...changeOf(body.value, sealed), ...addresses };
  const known = (await deps.profile(tenant, key)).profile;
  if (!known) return problemResponse(NOBODY_HERE);
  if (tagsAfter(change.profile.tags ?? known.tags, change.patch).length > TAGS_MAX) return problemResponse(TOO_MANY_TAGS);
  await deps.audit(tenant, [auditEntryOf(caller, "recipient.patch", key, { fields: Object.keys(body.value) })]);
  // Others may have come between.
  const { outcomes, profile } = await deps.change(tenant, key, [change]);
  if (!profile || outcomes.includes("unknown")) return problemResponse(NOBODY_HERE);
  if (outcomes.includes("too_many_tags")) return problemResponse(TOO_MANY_TAGS);
  const copied = await copyRecipient(tenant, key, profile, [], deps);
  return Response.json({ id: id.value, revision: profile.revision, copied });
}

const TOO_MANY_TAGS = invalidIn("The patch", [
  { pointer: "/add_tags", detail: `there would be more than ${TAGS_MAX} tags; remove some` },
]).problem;

function addressesIn({ addresses }: RecipientPatch): NonNullable<RecipientPatch["addresses"]> {
  return addresses === null ? Object.fromEntries(CHANNELS.map((channel) => [channel, null])) : (addresses ?? {});
}

/** What the patch says besides addresses; null takes away. */
function changeOf(patch: RecipientPatch, id: string): Omit<ProfileChange, "addresses"> & Required<Pick<ProfileChange, "patch">> {
  const { locale, time_zone, tags, quiet_hours, add_tags = [], remove_tags = [] } = patch;
  return {
    how: "merge",
    profile: {
      id,
      ...(locale ? { locale } : {}),
      ...(time_zone ? { time_zone } : {}),
      ...(tags === undefined ? {} : { tags: tags ?? [] }),
      ...(quiet_hours === undefined ? {} : { quiet_hours: quiet_hours ?? [] }),
    },
    preferences: [],
    patch: {
      remove: [...(locale === null ? (["locale"] as const) : []), ...(time_zone === null ? (["time_zone"] as const) : [])],
      add_tags,
      remove_tags,
    },
  };
}
