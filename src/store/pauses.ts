import * as z from "zod";
import type { AuditEntry } from "../vocabulary/audit.ts";
import { NOTICE_CLASSES, type NoticeClass } from "../vocabulary/classes.ts";
import type { Audit } from "./audit.ts";

/** What a tenant has paused. What is paused waits within its ttl. */
export interface Pauses {
  readonly tenant: boolean;
  readonly lanes: readonly NoticeClass[];
  readonly notices: readonly string[];
  readonly carriers: readonly string[];
  /** When the newest of them began, in milliseconds; left out where nothing is paused. */
  readonly since?: number;
}

const PAUSE_KINDS = ["tenant", "lane", "notice", "carrier"] as const;

/** One pause: of what kind, and of which (empty for the tenant as a whole). */
const pauseRow = z.strictObject({ kind: z.enum(PAUSE_KINDS), name: z.string(), since: z.number().int() });
export type Pause = z.infer<typeof pauseRow>;

export async function listPauses(configuration: D1Database, tenant: string): Promise<Pause[]> {
  const { results } = await configuration
    .prepare("SELECT kind, name, since FROM pauses WHERE tenant = ? ORDER BY kind, name")
    .bind(tenant)
    .all();
  return z.array(pauseRow).parse(results);
}

/** Pauses it, together with its entry; one that is paused already stays as it is, and nothing is written. */
export async function insertPause(configuration: D1Database, audit: Audit, tenant: string, pause: Pause, entry: AuditEntry): Promise<void> {
  await audit.change(tenant, async () => {
    if (await isPaused(configuration, tenant, pause)) return { entries: [], statements: [], answer: undefined };
    const insert = configuration
      .prepare("INSERT INTO pauses (tenant, kind, name, since) VALUES (?, ?, ?, ?)")
      .bind(tenant, pause.kind, pause.name, pause.since);
    return { entries: [entry], statements: [insert], answer: undefined };
  });
}

/** Lets it go on, together with its entry; false where it was not paused, and nothing is written. */
export function deletePause(
  configuration: D1Database,
  audit: Audit,
  tenant: string,
  pause: Pick<Pause, "kind" | "name">,
  entry: AuditEntry,
): Promise<boolean> {
  return audit.change(tenant, async () => {
    if (!(await isPaused(configuration, tenant, pause))) return { entries: [], statements: [], answer: false };
    const remove = configuration
      .prepare("DELETE FROM pauses WHERE tenant = ? AND kind = ? AND name = ?")
      .bind(tenant, pause.kind, pause.name);
    return { entries: [entry], statements: [remove], answer: true };
  });
}

async function isPaused(configuration: D1Database, tenant: string, { kind, name }: Pick<Pause, "kind" | "name">): Promise<boolean> {
  return (await listPauses(configuration, tenant)).some((pause) => pause.kind === kind && pause.name === name);
}

export function pausesOf(rows: readonly Pause[]): Pauses {
  const names = (kind: Pause["kind"]): string[] => rows.filter((row) => row.kind === kind).map(({ name }) => name);
  return {
    tenant: rows.some(({ kind }) => kind === "tenant"),
    lanes: NOTICE_CLASSES.filter((noticeClass) => names("lane").includes(noticeClass)),
    notices: names("notice"),
    carriers: names("carrier"),
    ...(rows.length > 0 ? { since: Math.max(...rows.map(({ since }) => since)) } : {}),
  };
}

/** Whether nothing goes to a carrier: it is paused itself, or the tenant is. */
export function isCarrierPaused(pauses: readonly Pause[], carrier: string): boolean {
  return pauses.some(({ kind, name }) => kind === "tenant" || (kind === "carrier" && name === carrier));
}
