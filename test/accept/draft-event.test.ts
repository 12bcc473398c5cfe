import { describe, expect, it } from "vitest";
import { type Drafted, draftEvent } from "../../src/accept/draft-event.ts";
import type { TopicReader } from "../../src/accept/open-topics.ts";
import { fine, wrong } from "../../src/accept/problem.ts";
import { recipientKeyOf } from "../../src/support/names.ts";
import { type Catalog, catalog, type Notice } from "../../src/vocabulary/catalog.ts";
import { profileDeps } from "./profile-deps.ts";
import { smallCatalog } from "./small-catalog.ts";
import { activeOf } from "./whole-catalog.ts";

const NOW = Date.UTC(2026, 2, 1);
const deps = { ...(await profileDeps()), now: () => NOW };
const EVENT = { id: "e1", source: "/shop", type: "order.paid" };

const draft = (over: object, body: Catalog = smallCatalog(), topics: TopicReader = async () => fine([])) =>
  draftEvent({ ...EVENT, ...over }, 100, { tenant: "shop", compiled: activeOf(body), topics }, deps);

/** A catalog of transactional notices with what a test wants of them. */
function withNotices(notices: Record<string, Partial<Notice>>): Catalog {
  const whole = Object.entries(notices).map(([name, notice]) => [name, { class: "transactional", channels: ["sms"], ...notice }]);
  return catalog.parse({ notices: Object.fromEntries(whole) });
}

async function drafted(over: object, body?: Catalog): Promise<Drafted> {
  const outcome = await draft(over, body);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem));
  return outcome.value;
}

describe("draftEvent", () => {
  it("brings each recipient its profile and its notices in one entry", async () => {
    const { entries, listed } = await drafted({ recipients: ["u1", { id: "u2", addresses: { sms: "13800138000" } }] });
    const keys = await Promise.all(["u1", "u2"].map((id) => recipientKeyOf(deps.naming, "shop", id)));
    const byKey = new Map(entries.map(({ recipient, entry }) => [recipient.key, { id: recipient.id, entry }]));
    const [one, two] = keys.map((key) => byKey.get(key));
    expect(one).toMatchObject({ id: "u1", entry: { order: { notices: [{ notice: "order.paid" }], cancels: [] } } });
    expect(one?.entry).not.toHaveProperty("profile");
    expect(two).toMatchObject({ id: "u2", entry: { profile: { how: "merge" }, order: { notices: [{ notice: "order.paid" }] } } });
    expect(listed).toEqual(["u1", "u2"].map((recipient, at) => ({ notice: "order.paid", recipient, key: keys[at] })));
  });

  it("lists messages in catalog order, then as recipients are listed, whatever order profiles come in", async () => {
    const body = withNotices({ b: { on: ["order.paid"] }, a: { on: ["order.paid"] } });
    const { listed, size } = await drafted({ recipients: ["u2", { id: "u1" }] }, body);
    expect(listed.map(({ notice, recipient }) => `${notice}>${recipient}`)).toEqual(["b>u2", "b>u1", "a>u2", "a>u1"]);
    expect(size).toBe(4);
  });

  it("counts every step of a series, and every recipient that is brought along", async () => {
    const series = ["a", "b", "c"].map((step) => ({ step, from: "time", offset: "P1D" }));
    expect((await drafted({ recipients: ["u1", "u2"] }, withNotices({ "order.paid": { series } }))).size).toBe(6);
    const elsewhere = withNotices({ "order.paid": { to: "data.buyer" } });
    expect((await drafted({ recipients: [{ id: "u1" }, { id: "u2" }] }, elsewhere)).size).toBe(2);
  });

  it("refuses a recipient that is given whole twice, since one of the two would be lost", async () => {
    const out = { scope: "all", channel: "*", state: "out" };
    const recipients = [{ id: "u1", preferences: [out] }, "u1", { id: "u1", locale: "en" }];
    expect(await draft({ recipients, time: "2026-02-01T00:00:00Z" })).toMatchObject({
      ok: false,
      problem: { status: 422, errors: [{ pointer: "/recipients/2/id", detail: expect.stringContaining("twice") }] },
    });
  });

  it("says of every recipient what is wrong", async () => {
    const recipients = [
      { id: "u1", addresses: { sms: "1" } },
      { id: "u2", addresses: { email: "x" } },
    ];
    expect(await draft({ recipients })).toMatchObject({
      ok: false,
      problem: { status: 422, errors: [{ pointer: "/recipients/0/addresses/sms" }, { pointer: "/recipients/1/addresses/email" }] },
    });
  });

  it("dates preferences without a time by the event, and refuses them where the event has none of its own", async () => {
    const recipients = [{ id: "u1", preferences: [{ scope: "all", channel: "*", state: "out" }] }];
    const { entries } = await drafted({ time: "2026-02-01T00:00:00Z", recipients });
    expect(entries.map(({ preferences }) => preferences)).toEqual([
      [{ scope: "all", channel: "*", state: "out", at: "2026-02-01T00:00:00.000Z" }],
    ]);
    expect(await draft({ recipients })).toMatchObject({
      ok: false,
      problem: { status: 422, errors: [{ pointer: "/recipients/0/preferences/0/at" }] },
    });
  });

  it("takes a deliverat that is to come and one that has come", async () => {
    for (const deliverat of ["2026-03-01T00:00:01Z", "2026-03-01T00:00:00Z"])
      expect((await drafted({ subject: "u1", deliverat })).entries).toMatchObject([{ entry: { order: { event: { id: "e1" } } } }]);
    expect(await draft({ subject: "u1", deliverat: "soon" })).toMatchObject({
      ok: false,
      problem: { errors: [{ pointer: "/deliverat" }] },
    });
  });

  it("answers an unknown type by the closest one known", async () => {
    const body = withNotices({ "order.shipped": {}, "order.refunded": {} });
    expect(await draft({ type: "order.shiped" }, body)).toMatchObject({
      ok: false,
      problem: {
        status: 422,
        type: "urn:carillon:problem:unknown-type",
        detail: expect.stringContaining("order.shipped"),
        errors: [{ pointer: "/type" }],
      },
    });
    for (const type of ["constructor", "toString"]) expect(await draft({ type }, withNotices({ a: {} }))).toMatchObject({ ok: false });
    expect(await draft({ subject: "u1" }, withNotices({ "order.paid": { on: ["x"] } }))).toMatchObject({ ok: false });
  });

  it("knows a type that only cancels, and lists no messages for it", async () => {
    const body = withNotices({ "bill.due": { cancel: { on: ["bill.paid"], key: "{{ data.bill }}" } } });
    const { entries, listed } = await drafted({ type: "bill.paid", subject: "u1", data: { bill: "b1" } }, body);
    expect(entries).toMatchObject([{ recipient: { id: "u1" }, entry: { order: { cancels: [{ notice: "bill.due" }], notices: [] } } }]);
    expect(listed).toEqual([]);
  });

  it("refuses more than 100 recipients of one event, wherever they come from, and counts each once", async () => {
    const ids = Array.from({ length: 101 }, (_, at) => `u${at}`);
    const body = withNotices({ "order.paid": { to: "data.a" }, other: { on: ["order.paid"], to: "data.b" } });
    const refused = { ok: false, problem: { status: 422, errors: [{ pointer: "/data" }] } };
    expect(await draft({ data: { a: ids, b: [] } }, body)).toMatchObject(refused);
    expect(await draft({ data: { a: ids.slice(0, 60), b: ids.slice(60) } }, body)).toMatchObject(refused);
    expect(await drafted({ data: { a: ids.slice(0, 100), b: ids.slice(0, 100) } }, body)).toMatchObject({ size: 200 });
    const canceling = withNotices({ bill: { to: "data.a", cancel: { on: ["order.paid"], key: "x" } } });
    expect(await draft({ data: { a: ids } }, canceling)).toMatchObject(refused);
  });

  it("puts a topic's members in its place, with what is known of them, and counts them apart from recipients that the event names", async () => {
    const members = Array.from({ length: 1000 }, (_, at) => ({ id: `m${at}`, key: `k${at}`, sealed: `s${at}` }));
    const topics: TopicReader = async (topic) =>
      topic === "all" ? fine(members) : topic === "few" ? fine(members.slice(998)) : wrong("invalid", `${topic} is too large`);
    const body = withNotices({ "order.paid": { to: "topic:few" }, b: { on: ["order.paid"] }, c: { on: ["order.paid"], to: "topic:none" } });
    const few = withNotices({ "order.paid": { to: "topic:few" }, b: { on: ["order.paid"] } });
    const outcome = await draft({ subject: "m999" }, few, topics);
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        size: 3,
        entries: [
          { recipient: members[998], entry: { order: { notices: [{ notice: "order.paid" }] } } },
          { recipient: members[999], entry: { order: { notices: [{ notice: "order.paid" }, { notice: "b" }] } } },
        ],
        listed: [
          { notice: "order.paid", recipient: "m998", key: "k998" },
          { notice: "order.paid", recipient: "m999", key: "k999" },
          { notice: "b", recipient: "m999", key: "k999" },
        ],
      },
    });
    expect(await draft({ subject: "m999" }, body, topics)).toMatchObject({
      ok: false,
      problem: { status: 422, detail: "none is too large" },
    });
    const all = withNotices({ "order.paid": { to: "topic:all" }, bill: { to: "topic:few", cancel: { on: ["order.paid"], key: "x" } } });
    const whole = await draft({}, all, topics);
    expect(whole).toMatchObject({ ok: true, value: { size: 1000 } });
    expect(whole.ok && whole.value.entries.filter(({ entry }) => entry.order?.cancels.length === 1)).toHaveLength(2);
  });

  it("seals the event and its data apart, recipients left out", async () => {
    const over = { recipients: [{ id: "u1", addresses: { sms: "+8613800138000" } }], data: { code: "1234" } };
    const [only] = (await drafted(over)).entries;
    const { sealed = "", data = "" } = only?.entry.order ?? {};
    expect(JSON.stringify([sealed, data, only?.entry.profile])).not.toMatch(/1234|13800138000|"u1"/);
    expect(JSON.parse(await deps.sealer.open(sealed, "shop/event"))).toEqual({
      ...EVENT,
      time: "2026-03-01T00:00:00.000Z",
      extensions: {},
    });
    expect(JSON.parse(await deps.sealer.open(data, "shop/event"))).toEqual({ code: "1234" });
    expect(await deps.sealer.open(only?.recipient.sealed ?? "", "shop/recipient")).toBe("u1");
    expect((await drafted({ subject: "u1" })).entries[0]?.entry.order).not.toHaveProperty("data");
  });

  it("hashes the body as posted: defaults change nothing, data does", async () => {
    const hashOf = async (over: object) => (await drafted({ subject: "u1", ...over })).entries[0]?.entry.order?.body_hash;
    const plain = await hashOf({ data: { a: 1, b: 2 } });
    expect(await hashOf({ data: { b: 2, a: 1 }, specversion: "1.0", time: null })).toBe(plain);
    for (const over of [{ data: { a: 1 } }, { data: { a: 1, b: 2 }, time: "2026-03-01T00:00:00Z" }])
      expect(await hashOf(over)).not.toBe(plain);
  });
});
