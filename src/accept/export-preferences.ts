import * as z from "zod";
import type { ExportedEntry, ExportPlace } from "../store/preferences.ts";
import { isoOf } from "../support/clock.ts";
import { contextOf } from "../support/sealing.ts";
import { answerLines } from "./answer-lines.ts";
import { type AuditDeps, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { cursor, cursorOf } from "./cursor.ts";
import { rowOpener, UNREADABLE } from "./open-rows.ts";
import type { ProfileDeps } from "./prepare-profile.ts";
import { problemResponse } from "./problem.ts";
import { parametersOf, parseAs } from "./read-json.ts";

export interface ExportPreferencesDeps extends ProfileDeps, AuditDeps {
  readonly preferencesAfter: (tenant: string, after: ExportPlace | undefined, limit: number) => Promise<readonly ExportedEntry[]>;
}

const PAGE = 500;
/** Some 100,000 entries: opening the seals of people's ids takes an invocation some seconds of its CPU time. */
const PAGES_MAX = 200;
const place = z
  .tuple([z.string(), z.string(), z.string(), z.string(), z.string()])
  .transform(([recipient, scope, channel, at, state]): ExportPlace => ({ recipient, scope, channel, at, state }));
const query = z.strictObject({ cursor: cursor(place).optional() });
const named = z.object({ id: z.string() });

/**
 * `GET /v1/preferences/export?cursor=`: every entry that was ever written, a line each, as NDJSON. Where there are more than one answer may
 * hold, its last line is `{"next": cursor}`.
 */
export async function exportPreferences(request: Request, caller: Caller, deps: ExportPreferencesDeps): Promise<Response> {
  const asked = parseAs(query, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  await deps.audit(caller.tenant, [auditEntryOf(caller, "preferences.export", "")]);
  return answerLines(linesFrom(caller.tenant, asked.value.cursor, deps));
}

async function* linesFrom(tenant: string, after: ExportPlace | undefined, deps: ExportPreferencesDeps): AsyncGenerator<object> {
  let last = after;
  for (let pages = 0; ; pages++) {
    if (pages === PAGES_MAX && last) return yield { next: cursorOf(last.recipient, last.scope, last.channel, last.at, last.state) };
    const page = await deps.preferencesAfter(tenant, last, PAGE);
    yield* await linesOf(page, tenant, deps);
    last = page.at(-1);
    if (page.length < PAGE) return;
  }
}

/** Each person's id is opened once; of whom there is no profile, only the key is known. */
async function linesOf(page: readonly ExportedEntry[], tenant: string, { sealer }: ProfileDeps): Promise<readonly object[]> {
  const open = rowOpener(tenant);
  const profiles = new Map(page.map(({ recipient, profile }) => [recipient, profile]));
  const opened = [...profiles].map(async ([key, profile]): Promise<[string, object]> => {
    if (!profile) return [key, { recipient_key: key }];
    const id = await open(key, async () => sealer.open(named.parse(JSON.parse(profile)).id, contextOf(tenant, "recipient")));
    return [key, id === undefined ? { recipient_key: key, ...UNREADABLE } : { recipient: id }];
  });
  const names = new Map(await Promise.all(opened));
  return page.map(({ recipient, scope, channel, state, at, source, wording_version, recorded_at }) => ({
    ...names.get(recipient),
    ...{ scope, channel, state, at, source, wording_version },
    recorded_at: isoOf(recorded_at),
  }));
}
