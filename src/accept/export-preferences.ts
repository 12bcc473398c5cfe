import * as z from "zod";
import type { ExportedEntry } from "../store/preferences.ts";
import { isoOf } from "../support/clock.ts";
import { contextOf } from "../support/sealing.ts";
import { answerLines } from "./answer-lines.ts";
import { type AuditDeps, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import type { ProfileDeps } from "./prepare-profile.ts";

export interface ExportPreferencesDeps extends ProfileDeps, AuditDeps {
  readonly preferencesAfter: (tenant: string, after: ExportedEntry | undefined, limit: number) => Promise<readonly ExportedEntry[]>;
}

const PAGE = 500;
const named = z.object({ id: z.string() });

/** `GET /v1/preferences/export`: every entry that was ever written, a line each, as NDJSON. */
export async function exportPreferences(caller: Caller, deps: ExportPreferencesDeps): Promise<Response> {
  await deps.audit(caller.tenant, [auditEntryOf(caller, "preferences.export", "")]);
  return answerLines(linesFrom(caller.tenant, deps));
}

async function* linesFrom(tenant: string, deps: ExportPreferencesDeps): AsyncGenerator<object> {
  for (let last: ExportedEntry | undefined; ; ) {
    const page = await deps.preferencesAfter(tenant, last, PAGE);
    yield* await linesOf(page, tenant, deps);
    last = page.at(-1);
    if (page.length < PAGE) return;
  }
}

/** Each person's id is opened once; of whom there is no profile, only the key is known. */
async function linesOf(page: readonly ExportedEntry[], tenant: string, { sealer }: ProfileDeps): Promise<readonly object[]> {
  const people = new Map(page.map(({ recipient, profile }) => [recipient, profile]));
  const opened = [...people].map(async ([key, profile]): Promise<[string, object]> => {
    if (!profile) return [key, { recipient_key: key }];
    return [key, { recipient: await sealer.open(named.parse(JSON.parse(profile)).id, contextOf(tenant, "recipient")) }];
  });
  const names = new Map(await Promise.all(opened));
  return page.map(({ recipient, scope, channel, state, at, source, wording_version, recorded_at }) => ({
    ...names.get(recipient),
    ...{ scope, channel, state, at, source, wording_version },
    recorded_at: isoOf(recorded_at),
  }));
}
