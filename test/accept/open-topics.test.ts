import { describe, expect, it } from "vitest";
import { expandTopics, TOPIC_MEMBERS_MAX, topicReader } from "../../src/accept/open-topics.ts";
import { planEvent } from "../../src/accept/plan-event.ts";
import { rulebookOf } from "../../src/accept/rulebook.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import { profileDeps } from "./profile-deps.ts";

const { sealer } = await profileDeps();
const members = await Promise.all(
  Array.from({ length: TOPIC_MEMBERS_MAX + 1 }, async (_, at) => ({
    recipient: `k${at}`,
    id: await sealer.seal(`m${at}`, "shop/recipient"),
  })),
);

/** Topics of so many members; `asked` is what was read. */
function topics(sizes: Readonly<Record<string, number>>) {
  const asked: string[] = [];
  const topicMembersAfter = async (tenant: string, topic: string, _after: string, limit: number) => {
    asked.push(`${tenant}/${topic}`);
    return members.slice(0, Math.min(sizes[topic] ?? 0, limit));
  };
  return { asked, reader: topicReader("shop", { sealer, topicMembersAfter }) };
}

const plain = { class: "transactional", channels: ["sms"] };
const plan = (notices: object) =>
  planEvent(
    { id: "e", source: "/s", type: "x", time: "2026-01-01T00:00:00Z", extensions: {} },
    ["u1"],
    rulebookOf(catalog.parse({ notices }), 1),
  );

describe("topicReader", () => {
  it("opens up to a thousand members and says so where there are more", async () => {
    const { reader } = topics({ full: TOPIC_MEMBERS_MAX, over: TOPIC_MEMBERS_MAX + 1 });
    const full = await reader("full");
    expect(full.ok && [full.value.length, full.value[0], full.value[999]?.id]).toEqual([
      1000,
      { key: "k0", sealed: members[0]?.id, id: "m0" },
      "m999",
    ]);
    expect(await reader("over")).toMatchObject({ ok: false, problem: { status: 422 } });
    expect(await reader("none")).toEqual({ ok: true, value: [] });
  });

  it("reads each topic once, however often and at once it is asked", async () => {
    const { reader, asked } = topics({ a: 2, b: 1 });
    await Promise.all(["a", "b", "a", "a"].map((topic) => reader(topic)));
    expect(asked).toEqual(["shop/a", "shop/b"]);
  });
});

describe("A topic with a member that cannot be opened", () => {
  it("is told to nobody, since who is left out would never hear of it, and says how to mend that", async () => {
    const strange = { recipient: "k9", id: "k0.AAAA.BBBB" };
    const topicMembersAfter = async (_: string, topic: string) => (topic === "a" ? members.slice(0, 2) : [...members.slice(0, 2), strange]);
    const reader = topicReader("shop", { sealer, topicMembersAfter });
    const notices = { x: { ...plain, to: "topic:a" }, y: { ...plain, on: ["x"], to: "topic:b" } };
    expect(await expandTopics(plan(notices), reader)).toMatchObject({
      ok: false,
      problem: { status: 503, detail: expect.stringMatching(/^One member of the topic b cannot be opened.*GET \/v1\/topics\/b\/members/) },
    });
    expect(await expandTopics(plan({ x: { ...plain, to: "topic:a" } }), reader)).toMatchObject({ ok: true });
  });
});

describe("expandTopics", () => {
  it("leaves a plan without topics as it is, and reads nothing", async () => {
    const { reader, asked } = topics({});
    const named = plan({ x: plain });
    expect(await expandTopics(named, reader)).toEqual({ ok: true, value: { plan: named, addressees: new Map() } });
    expect(asked).toEqual([]);
  });

  it("puts members in the place of topics, of notices and of what is taken back", async () => {
    const { reader } = topics({ a: 2, b: 1 });
    const notices = {
      x: { ...plain, to: "topic:a" },
      y: { ...plain, on: ["x"] },
      z: { ...plain, to: "topic:b", cancel: { on: ["x"], key: "k" } },
    };
    expect(await expandTopics(plan(notices), reader)).toMatchObject({
      ok: true,
      value: { plan: { notices: [{ recipients: ["m0", "m1"] }, { recipients: ["u1"] }], cancels: [{ recipients: ["m0"] }] } },
    });
  });

  it("refuses the whole plan for one topic that is too large, and names it", async () => {
    const { reader } = topics({ a: 2, over: 5000 });
    const notices = { x: { ...plain, to: "topic:a" }, y: { ...plain, on: ["x"], to: "topic:over" } };
    expect(await expandTopics(plan(notices), reader)).toMatchObject({
      ok: false,
      problem: { status: 422, detail: expect.stringMatching(/^The topic over .*1000/), errors: [{ pointer: "/type" }] },
    });
  });
});
