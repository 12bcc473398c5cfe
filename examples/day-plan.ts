import { z } from "zod";

/** A recorded event: a CloudEvent as JSON. */
const dayEvent = z.looseObject({
  specversion: z.literal("1.0"),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  time: z.iso.datetime({ offset: true }),
  subject: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type DayEvent = z.infer<typeof dayEvent>;

/** How a source posts, as the CloudEvents HTTP binding names it. */
export type PostMode = "structured" | "binary" | "batch";

/** One request of the played day. */
export interface PlannedPost {
  /** When to post, in milliseconds after the start of the play. */
  readonly due_ms: number;
  readonly mode: PostMode;
  /** More than one only in batch mode; their `time` is the played one. */
  readonly events: readonly DayEvent[];
}

/** What is not here posts in structured mode. */
const MODE_OF_SOURCE: Readonly<Record<string, PostMode>> = {
  "/shop/accounts": "binary",
  "/shop/warehouse": "binary",
  "/shop/campaigns": "batch",
};
const BATCH_EVENTS = 50;
const BATCH_WINDOW_MS = 200;

export function readDay(text: string): DayEvent[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => dayEvent.parse(JSON.parse(line)));
}

/**
 * Squeezes a recorded day into `lengthMs`, beginning at `startMs`. Lines stand in the order of their arrival, so the
 * latest `time` so far is the day's clock. Only the clock runs faster: an event that came an hour late comes an hour late
 * again, and one that comes once more has the time that it had.
 */
export function planDay(day: readonly DayEvent[], startMs: number, lengthMs: number): PlannedPost[] {
  const times = day.map((event) => Date.parse(event.time));
  const first = times[0] ?? 0;
  const speed = lengthMs / Math.max(1, times.reduce((latest, time) => Math.max(latest, time), first) - first);
  const played = new Map<string, DayEvent>();
  let clock = first;
  const due = day.map((event, index) => {
    const time = times[index] ?? clock;
    clock = Math.max(clock, time);
    const dueMs = Math.round((clock - first) * speed);
    const key = JSON.stringify([event.source, event.id]);
    const moved = played.get(key) ?? { ...event, time: new Date(startMs + dueMs - (clock - time)).toISOString() };
    played.set(key, moved);
    return { due_ms: dueMs, event: moved };
  });
  return gather(due);
}

/** Puts what one source posts in batches together: up to fifty events of a fifth of a second, posted with the last of them. */
function gather(due: readonly { readonly due_ms: number; readonly event: DayEvent }[]): PlannedPost[] {
  const posts: { due_ms: number; mode: PostMode; events: DayEvent[] }[] = [];
  const open = new Map<string, { began_ms: number; post: (typeof posts)[number] }>();
  for (const { due_ms, event } of due) {
    const mode = MODE_OF_SOURCE[event.source] ?? "structured";
    const batch = open.get(event.source);
    if (batch !== undefined && batch.post.events.length < BATCH_EVENTS && due_ms - batch.began_ms <= BATCH_WINDOW_MS) {
      batch.post.events.push(event);
      batch.post.due_ms = due_ms;
      continue;
    }
    const post = { due_ms, mode, events: [event] };
    posts.push(post);
    if (mode === "batch") open.set(event.source, { began_ms: due_ms, post });
  }
  return posts.sort((one, other) => one.due_ms - other.due_ms);
}
