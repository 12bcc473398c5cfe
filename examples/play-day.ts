import { CloudEvent, HTTP } from "cloudevents";
import type { DayEvent, PlannedPost, PostMode } from "./day-plan.ts";
import { type EventsAnswer, type RouterClient, UnexpectedAnswer } from "./router-client.ts";

/** What became of one event of one request. */
export interface PostedEvent {
  readonly source: string;
  readonly id: string;
  readonly posted_at: number;
  readonly answered_at: number;
  /** Its messages where it was accepted, else the router's words. */
  readonly outcome:
    | { readonly kind: "accepted"; readonly messages: NonNullable<EventsAnswer["events"][number]["messages"]> }
    | { readonly kind: "refused"; readonly why: string };
}

const TRIES = 5;
const RETRY_MS = 400;

/** Posts each request when it is due, without waiting for the answers of those before it, as the shop's services would. */
export async function playDay(
  posts: readonly PlannedPost[],
  startMs: number,
  router: Pick<RouterClient, "postEvents">,
  key: string,
  onPosted: (events: readonly PostedEvent[]) => void,
): Promise<PostedEvent[]> {
  const open: Promise<PostedEvent[]>[] = [];
  for (const post of posts) {
    await sleepUntil(startMs + post.due_ms);
    const posting = postEvents(post, router, key);
    open.push(posting);
    posting.then(onPosted, () => {});
  }
  return (await Promise.all(open)).flat();
}

async function postEvents(post: PlannedPost, router: Pick<RouterClient, "postEvents">, key: string): Promise<PostedEvent[]> {
  const { headers, body } = httpMessage(post.mode, post.events);
  const postedAt = Date.now();
  const outcomes = await withRetries(() => router.postEvents(key, headers, body)).then(
    (answer) => post.events.map((_, index) => outcomeOf(answer.events[index])),
    (error: unknown) => post.events.map(() => ({ kind: "refused" as const, why: String(error) })),
  );
  const answeredAt = Date.now();
  return post.events.map((event, index) => ({
    source: event.source,
    id: event.id,
    posted_at: postedAt,
    answered_at: answeredAt,
    outcome: outcomes[index] ?? { kind: "refused", why: "no answer for this event" },
  }));
}

/** The CloudEvents client makes structured and binary messages; a batch, which it has not, is the array of its events. */
function httpMessage(mode: PostMode, events: readonly DayEvent[]): { headers: Record<string, string>; body: string } {
  const made = events.map((event) => new CloudEvent(event));
  const [first] = made;
  if (mode === "batch" || first === undefined) {
    return { headers: { "content-type": "application/cloudevents-batch+json" }, body: JSON.stringify(made) };
  }
  const message = mode === "binary" ? HTTP.binary(first) : HTTP.structured(first);
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
  return { headers, body: String(message.body) };
}

function outcomeOf(answered: EventsAnswer["events"][number] | undefined): PostedEvent["outcome"] {
  if (answered?.messages !== undefined) return { kind: "accepted", messages: answered.messages };
  return { kind: "refused", why: answered?.problem?.detail ?? answered?.problem?.title ?? "no answer for this event" };
}

/** A post that got no answer, or none that decides, is posted again as it was: the same event is the same message. */
async function withRetries<T>(post: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await post();
    } catch (error) {
      const decided = error instanceof UnexpectedAnswer && error.status < 500 && error.status !== 429;
      if (decided || tried === TRIES) throw error;
      await sleepUntil(Date.now() + RETRY_MS * tried);
    }
  }
}

async function sleepUntil(instant: number): Promise<void> {
  const wait = instant - Date.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
}
