import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { auditRowsAfter } from "../../src/store/audit-chain.ts";
import { eraseMemberships, insertMembers } from "../../src/store/topics.ts";
import { bytesOf } from "../../src/support/base64.ts";
import { namingKeyOf } from "../../src/support/hashing.ts";
import { recipientKeyOf } from "../../src/support/names.ts";
import { sealerOf, sealingKeysOf } from "../../src/support/sealing.ts";
import { ask, type OpenTenant, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { stubCarrier } from "./stub-carrier.ts";

const small = smallCatalog("shop");
const catalog = {
  ...small,
  notices: {
    ...small.notices,
    "shop.news": { ...small.notices["order.paid"], to: "topic:news" },
    "shop.crowd": { ...small.notices["order.paid"], to: "topic:crowd" },
    "shop.flow": { ...small.notices["order.paid"], to: "topic:flow" },
    "bill.due": {
      ...small.notices["order.paid"],
      to: "topic:payers",
      series: [{ step: "one", from: "time", offset: "P1D", template: "one" }],
      templates: { one: small.notices["order.paid"].templates },
      cancel: { on: ["bill.paid"], key: "{{ data.bill }}" },
    },
  },
};
const event = (id: string, type: string, over: object = {}) => ({ id, source: "/shop", type, data: { name: "x" }, ...over });
const answered = z.object({
  events: z.array(z.object({ messages: z.array(z.looseObject({ recipient: z.string(), decision: z.string() })) })),
});
const membersPage = z.object({ members: z.array(z.string()), next: z.string().optional() });

/** Every member is a new Durable Object, of which this machine makes some 150 a second. */
const CROWD = env.SOAK ? 1000 : 50;

let shop: OpenTenant;
let other: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop", catalog);
  other = await openTenant("other");
});

const change = (method: "PUT" | "DELETE", topic: string, id: string, key = shop.admin) =>
  ask(method, `/v1/topics/${encodeURIComponent(topic)}/members/${encodeURIComponent(id)}`, key);
const join = (topic: string, id: string) => change("PUT", topic, id);
const joinAll = (topic: string, recipients: unknown) => ask("PUT", `/v1/topics/${topic}/members`, shop.admin, { recipients });
const membersOf = async (topic: string, key = shop.admin) =>
  membersPage.parse((await ask("GET", `/v1/topics/${encodeURIComponent(topic)}/members?limit=1000`, key)).body).members.sort();
const messagesOf = (answer: { readonly body: unknown }) => answered.parse(answer.body).events.flatMap(({ messages }) => messages);
const auditedOf = async (action: string) => (await auditRowsAfter(env.DB, "shop", 0, 1000)).filter((row) => row.action === action);

/** Fills a topic by hand, as many joins would. */
async function fill(topic: string, from: number, to: number): Promise<void> {
  const naming = await namingKeyOf(bytesOf(Buffer.alloc(32, 1).toString("base64")));
  const sealer = sealerOf(await sealingKeysOf([["k1", bytesOf(Buffer.alloc(32, 2).toString("base64"))]]));
  const members = Array.from({ length: to - from }, async (_, at) => {
    const id = `${topic}-${from + at}`;
    return { recipient: await recipientKeyOf(naming, "shop", id), id: await sealer.seal(id, "shop/recipient") };
  });
  await insertMembers(env.DB, "shop", topic, await Promise.all(members), 0);
}

describe("A topic's members", () => {
  it("join and leave one by one, as often as one likes, and the audit says so without their ids", async () => {
    for (const id of ["zhang", "zhang", "李 雷/1"]) expect(await join("买家/华东", id)).toMatchObject({ status: 204, text: "" });
    expect(await membersOf("买家/华东")).toEqual(["zhang", "李 雷/1"].sort());
    expect((await change("DELETE", "买家/华东", "zhang")).status).toBe(204);
    expect(await change("DELETE", "买家/华东", "zhang")).toMatchObject({ status: 404 });
    expect(await membersOf("买家/华东")).toEqual(["李 雷/1"]);
    const rows = [...(await auditedOf("topic.join")), ...(await auditedOf("topic.leave"))];
    expect(rows).toMatchObject([{ target: "买家/华东" }, { target: "买家/华东" }, { target: "买家/华东", action: "topic.leave" }]);
    expect(JSON.stringify(rows)).not.toMatch(/zhang|李/);
    expect(JSON.stringify((await env.DB.prepare("SELECT * FROM topic_members").all()).results)).not.toMatch(/zhang|李/);
  });

  it("join by the thousand, and who is in already stays", async () => {
    await join("many", "u5");
    const ids = Array.from({ length: 999 }, (_, at) => `u${at}`);
    expect(await joinAll("many", [...ids, "u1"])).toMatchObject({ status: 200, body: { added: 998, already: 1 } });
    const named = (await auditedOf("topic.join")).filter(({ target }) => target === "many").map(({ detail }) => detail.recipients);
    expect(named.map((keys) => (Array.isArray(keys) ? keys.length : 0))).toEqual([1, ...Array.from({ length: 9 }, () => 100), 98]);
    expect(new Set(named.flat()).size).toBe(999);
    expect(await joinAll("many", ids)).toMatchObject({ status: 200, body: { added: 0, already: 999 } });
    expect(await membersOf("many")).toEqual([...ids].sort());
    expect(await joinAll("many", [...ids, "a", "b"])).toMatchObject({ status: 422, body: { errors: [{ pointer: "/recipients" }] } });
    expect(await joinAll("many", ["a", " b"])).toMatchObject({ status: 422, body: { errors: [{ pointer: "/recipients/1" }] } });
    expect(await joinAll("many", [])).toMatchObject({ status: 422, body: { errors: [{ pointer: "/recipients" }] } });
  });

  it("are listed page by page, and topics with how many they have", async () => {
    await joinAll("pages", ["a", "b", "c", "d", "e"]);
    const seen: string[] = [];
    for (let next: string | undefined = ""; next !== undefined; ) {
      const { body } = await shop.get(`/v1/topics/pages/members?limit=2${next === "" ? "" : `&cursor=${next}`}`);
      const page: z.infer<typeof membersPage> = membersPage.parse(body);
      expect(page.members.length).toBeLessThanOrEqual(2);
      seen.push(...page.members);
      next = page.next;
    }
    expect(seen.sort()).toEqual(["a", "b", "c", "d", "e"]);
    const first = await shop.get("/v1/topics?limit=1");
    const { topics, next } = z.object({ topics: z.array(z.unknown()), next: z.string() }).parse(first.body);
    expect(topics).toHaveLength(1);
    expect((await shop.get(`/v1/topics?cursor=${next}`)).text).not.toContain(JSON.stringify(topics[0]));
    expect((await shop.get("/v1/topics")).text).toContain('{"topic":"pages","members":5}');
    for (const bad of ["?cursor=!", "?limit=0", "?limit=1001", "?limit=x", "?page=1"]) {
      expect((await shop.get(`/v1/topics${bad}`)).status).toBe(422);
      expect((await shop.get(`/v1/topics/pages/members${bad}`)).status).toBe(422);
    }
  });

  it("are a tenant's own: another's topic of the same name has none", async () => {
    await join("own", "u1");
    expect(await membersOf("own", other.admin)).toEqual([]);
    expect((await ask("GET", "/v1/topics", other.admin)).body).toEqual({ topics: [] });
    const [own, none] = [await change("DELETE", "own", "u1", other.admin), await change("DELETE", "none", "u1", other.admin)];
    expect(own).toMatchObject({ status: 404, text: none.text });
    expect(await membersOf("own")).toEqual(["u1"]);
  });

  it("are refused where the name is none, or the id", async () => {
    expect(await join("-x", "u1")).toMatchObject({ status: 422, body: { errors: [{ pointer: "/topic" }] } });
    expect(await join("x", "u1 ")).toMatchObject({ status: 422, body: { errors: [{ pointer: "/recipient" }] } });
  });

  it("are all forgotten of somebody who is erased, and of nobody else", async () => {
    await joinAll("erased", ["gone", "stays"]);
    await join("erased-too", "gone");
    const naming = await namingKeyOf(bytesOf(Buffer.alloc(32, 1).toString("base64")));
    await eraseMemberships(env.DB, { tenant: "shop", recipient: await recipientKeyOf(naming, "shop", "gone") }).run();
    expect([await membersOf("erased"), await membersOf("erased-too")]).toEqual([["stays"], []]);
  });
});

describe("An event for a topic", () => {
  it("makes a message for each member at the time, and the same event again adds those who came since", async () => {
    await shop.put("/v1/recipients/n1", { addresses: { sms: "13800138001" } });
    await joinAll("news", ["n1", "n2"]);
    const first = messagesOf(await shop.post(event("news1", "shop.news")));
    expect(first.map(({ recipient, decision }) => `${recipient} ${decision}`).sort()).toEqual(["n1 send", "n2 suppress"]);
    await join("news", "n3");
    await change("DELETE", "news", "n2");
    const again = messagesOf(await shop.post(event("news1", "shop.news")));
    expect(again.map(({ recipient, replayed }) => `${recipient} ${replayed === true}`).sort()).toEqual(["n1 true", "n3 false"]);
    const listed = await shop.get("/v1/messages?recipient=n1&notice=shop.news");
    expect(z.object({ messages: z.array(z.unknown()) }).parse(listed.body).messages).toHaveLength(1);
  });

  it("is for nobody where the topic has no members", async () => {
    expect(await other.post(event("e1", "order.paid"))).toMatchObject({ status: 202, body: { events: [{ messages: [] }] } });
    expect(messagesOf(await shop.post(event("empty", "bill.due")))).toEqual([]);
  });

  it("takes back what waits of a topic's members", async () => {
    await joinAll("payers", ["p1", "p2"]);
    for (const [at, id] of ["p1", "p2"].entries()) await shop.put(`/v1/recipients/${id}`, { addresses: { sms: `1380013810${at}` } });
    const made = messagesOf(await shop.post(event("due", "bill.due", { data: { name: "x", bill: "b1" } })));
    expect(made).toMatchObject([{ decision: "defer" }, { decision: "defer" }]);
    await shop.post(event("paid", "bill.paid", { data: { bill: "b1" } }));
    for (const id of ["p1", "p2"])
      expect(await shop.get(`/v1/messages?recipient=${id}`)).toMatchObject({ body: { messages: [{ state: "canceled" }] } });
  });

  it("is taken for all members, and refused whole for more than a thousand, in words that name the topic and the limit", async () => {
    await fill("crowd", 0, CROWD);
    const whole = messagesOf(await shop.post(event("crowd", "shop.crowd")));
    expect(new Set(whole.map(({ recipient }) => recipient)).size).toBe(CROWD);
    expect(new Set(whole.map(({ id }) => id)).size).toBe(CROWD);
    await fill("crowd", CROWD, 1001);
    const refused = { status: 422, detail: expect.stringMatching(/crowd.*1000/), errors: [{ pointer: "/type" }] };
    expect(await shop.post(event("more", "shop.crowd"))).toMatchObject({ status: 422, body: refused });
    expect(await shop.post([event("more", "shop.crowd"), event("beside", "order.paid", { subject: "u1" })])).toMatchObject({
      status: 202,
      body: { events: [{ id: "more", problem: refused }, { messages: [{}] }] },
    });
    expect(await shop.get("/v1/messages?recipient=crowd-0")).toMatchObject({ body: { messages: [{ event: { id: "crowd" } }] } });
    expect((await shop.get("/v1/messages?recipient=crowd-0")).text).not.toContain('"more"');
  });

  it("keeps to the members while some join and leave, and none is told twice", async () => {
    await joinAll("flow", ["always", "leaves"]);
    const moves = Array.from({ length: 8 }, (_, at) => [
      join("flow", `f${at}`),
      shop.post(event(`flow${at}`, "shop.flow")),
      ...(at === 4 ? [change("DELETE", "flow", "leaves")] : []),
    ]);
    const answers = await Promise.all(moves.flat());
    for (const answer of answers.filter(({ status }) => status === 202)) {
      const told = messagesOf(answer).map(({ recipient }) => recipient);
      expect(told).toContain("always");
      expect(new Set(told).size).toBe(told.length);
    }
    expect(answers.map(({ status }) => status).filter((status) => status !== 202 && status !== 204)).toEqual([]);
    const after = messagesOf(await shop.post(event("flow-after", "shop.flow"))).map(({ recipient }) => recipient);
    expect(after.sort()).toEqual(["always", ...Array.from({ length: 8 }, (_, at) => `f${at}`)].sort());
  });
});

describe("A simulation", () => {
  it("has the members that it is told, and none for other topics", async () => {
    const simulated = {
      recipients: [{ id: "s1", addresses: { sms: "13800138001" } }],
      events: [event("s", "shop.news", { time: "2026-01-01T09:00:00Z" })],
    };
    const run = (over: object) => ask("POST", "/v1/simulations", shop.admin, { ...simulated, ...over });
    expect(await run({ topics: { news: ["s1", "s2", "s1"] } })).toMatchObject({
      status: 200,
      body: {
        decisions: [
          { recipient: "s1", decision: "send" },
          { recipient: "s2", reason: "unreachable" },
        ],
      },
    });
    for (const over of [{}, { topics: { other: ["s1"] } }]) expect(await run(over)).toMatchObject({ status: 200, body: { decisions: [] } });
    expect(await run({ topics: { news: [" a"] } })).toMatchObject({ status: 422, body: { errors: [{ pointer: "/topics/news/0" }] } });
  });
});
