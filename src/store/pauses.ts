import * as z from "zod";
import { NOTICE_CLASSES, type NoticeClass } from "../vocabulary/classes.ts";

/** What a tenant has paused. What is paused waits within its ttl. */
export interface Pauses {
  readonly tenant: boolean;
  readonly lanes: readonly NoticeClass[];
  readonly notices: readonly string[];
  readonly carriers: readonly string[];
  /** When the newest of them began, in milliseconds; left out where nothing is paused. */
  readonly since?: number;
}

export const PAUSE_KINDS = ["tenant", "lane", "notice", "carrier"] as const;

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

/** Pauses it; one that is paused already stays as it is. */
export async function insertPause(configuration: D1Database, tenant: string, pause: Pause): Promise<void> {
  await configuration
    .prepare("INSERT INTO pauses (tenant, kind, name, since) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
    .bind(tenant, pause.kind, pause.name, pause.since)
    .run();
}

/** Lets it go on; false where it was not paused. */
export async function deletePause(configuration: D1Database, tenant: string, kind: Pause["kind"], name: string): Promise<boolean> {
  const { meta } = await configuration
    .prepare("DELETE FROM pauses WHERE tenant = ? AND kind = ? AND name = ?")
    .bind(tenant, kind, name)
    .run();
  return meta.changes > 0;
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
