import { HTTP } from "cloudevents";
import { describe, expect, it } from "vitest";
import type { PlannedPost } from "../../examples/day-plan.ts";
import { playDay } from "../../examples/play-day.ts";
import { type EventsAnswer, UnexpectedAnswer } from "../../examples/router-client.ts";

const event = (id: string) => ({
  specversion: "1.0" as const,
  id,
  source: "/shop",
  type: "order.paid",
  time: "2030-01-01T00:00:00.000Z",
  subject: "u1",
  data: { order_id: "D1" },
});
const post = (mode: PlannedPost["mode"], ...ids: string[]): PlannedPost => ({ due_ms: 0, mode, events: ids.map(event) });

/** A router that answers with what `answer` says, and keeps what was posted. */
function fakeRouter(answer: (body: string, calls: number) => EventsAnswer) {
  const calls: { headers: Readonly<Record<string, string>>; body: string }[] = [];
  const postEvents = async (_key: string, headers: Readonly<Record<string, string>>, body: string) => {
    calls.push({ headers, body });
    return answer(body, calls.length);
  };
  return { calls, postEvents };
}
const message = { id: "m1", recipient: "u1", notice: "order.paid", decision: "send" };
const play = (posts: readonly PlannedPost[], router: ReturnType<typeof fakeRouter>) => playDay(posts, Date.now(), router, "key", () => {});

describe("playDay", () => {
  it.each(["structured", "binary", "batch"] as const)("posts %s messages that the CloudEvents client reads back", async (mode) => {
    const router = fakeRouter(() => ({ events: [{ messages: [message] }] }));
    await play([post(mode, "e1")], router);
    const read = HTTP.toEvent({ headers: router.calls[0]?.headers ?? {}, body: router.calls[0]?.body });
    expect([read].flat()).toMatchObject([event("e1")]);
  });

  it("gives each event of a batch its own outcome", async () => {
    const router = fakeRouter(() => ({ events: [{ messages: [message] }, { problem: { detail: "no such type" } }] }));
    const posted = await play([post("batch", "e1", "e2")], router);
    expect(posted.map((each) => each.outcome)).toEqual([
      { kind: "accepted", messages: [message] },
      { kind: "refused", why: "no such type" },
    ]);
  });

  it("posts again what was not decided, exactly as it was", async () => {
    const router = fakeRouter((_, calls) => {
      if (calls === 1) throw new UnexpectedAnswer("POST /v1/events", 503, "");
      return { events: [{ messages: [message] }] };
    });
    const posted = await play([post("structured", "e1")], router);
    expect(posted[0]?.outcome.kind).toBe("accepted");
    expect(router.calls[1]).toEqual(router.calls[0]);
  });

  it("does not post again what was refused", async () => {
    const router = fakeRouter(() => {
      throw new UnexpectedAnswer("POST /v1/events", 422, "unknown type");
    });
    const posted = await play([post("structured", "e1")], router);
    expect(posted[0]?.outcome).toEqual({ kind: "refused", why: expect.stringContaining("422") });
    expect(router.calls).toHaveLength(1);
  });
});
