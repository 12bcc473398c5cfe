import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { topicReader } from "../../src/accept/open-topics.ts";
import { routerOf } from "../../src/routes.ts";
import { bytesOf } from "../../src/support/base64.ts";
import { namingKeyOf } from "../../src/support/hashing.ts";
import { recipientKeyOf } from "../../src/support/names.ts";
import { type Wiring, wire } from "../../src/wiring.ts";
import { type Answer, type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { stubCarrier } from "./stub-carrier.ts";

const OLD = Buffer.alloc(32, 2).toString("base64");
const NEW = Buffer.alloc(32, 7).toString("base64");
const OLDER = /(?<![\w.-])k1\.[\w-]{16}\./;

let shop: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
});

const keyOf = async (id: string) => recipientKeyOf(await namingKeyOf(bytesOf(Buffer.alloc(32, 1).toString("base64"))), "shop", id);

/** The Worker under other sealing keys, with some of its wiring in other hands. */
async function under(keys: string, over: (accept: Wiring["accept"]) => Partial<Wiring["accept"]> = () => ({})) {
  const wiring = await wire(Object.assign({}, env, { SEALING_KEYS: keys }));
  const router = routerOf({ ...wiring, accept: { ...wiring.accept, ...over(wiring.accept) } });
  return async (method: string, path: string, body?: unknown): Promise<Pick<Answer, "status" | "body" | "text">> => {
    const headers = { authorization: `Bearer ${shop.admin}`, "content-type": "application/json" };
    const answer = await router.fetch(
      new Request(ORIGIN + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
    );
    const text = await answer.text();
    return { status: answer.status, text, body: JSON.parse(text || "null") };
  };
}

const audited = async () => {
  const { results } = await env.DB.prepare(
    "SELECT detail FROM audit WHERE tenant = 'shop' AND action = 'sealing.renew' ORDER BY seq",
  ).all();
  return results.map(({ detail }): unknown => JSON.parse(String(detail)));
};

describe("POST /v1/sealing", () => {
  it("goes on where it was broken off, asks nobody twice who is through, and each call stands in the audit", async () => {
    const people = ["s1", "s2", "s3", "s4"];
    for (const id of people) await shop.put(`/v1/recipients/${id}`, { addresses: { sms: "13800138000" } });
    await shop.put("/v1/topics/all/members/only-member", undefined);
    const keys = (await Promise.all([...people, "only-member"].map(keyOf))).toSorted();
    const asked: string[] = [];
    let away: string | undefined = keys[2];
    const ask = await under(`k2:${NEW},k1:${OLD}`, () => ({
      async resealRecipient(_tenant, key) {
        asked.push(key);
        if (key === away) throw new Error("away");
        return { changed: 1, unreadable: 0 };
      },
    }));
    expect(await ask("POST", "/v1/sealing", {})).toMatchObject({ status: 200, body: { state: "waiting", recipients: 0 } });
    expect(asked).toEqual([]);
    const half = await ask("POST", "/v1/sealing", { at_once: true });
    expect(half).toMatchObject({ status: 200, body: { state: "under_way", current: "k2", older: ["k1"], recipients: 2 } });
    const between = await ask("GET", "/v1/sealing");
    expect(between.body).toMatchObject({ state: "under_way", recipients: 2, due_at: expect.any(String) });
    expect(between.body).not.toHaveProperty("finished_at");
    expect([...new Set(asked.splice(0))].toSorted()).toEqual(keys);
    away = undefined;
    expect(await ask("POST", "/v1/sealing", { at_once: true })).toMatchObject({
      body: { state: "finished", recipients: 5, unreadable: 0 },
    });
    expect(asked.toSorted()).toEqual(keys.slice(2));
    expect(await audited()).toEqual([{ at_once: false }, { at_once: true }, { at_once: true }]);
    const { results } = await env.DB.prepare("SELECT profile FROM recipients UNION ALL SELECT id FROM topic_members").all();
    expect(JSON.stringify(results)).not.toMatch(OLDER);
  });
});

describe("A tenant whose texts are sealed anew", () => {
  it("brings to an event each member of a topic under the key that seals now, though the topic has them under an older one", async () => {
    await shop.put("/v1/topics/late/members/late-member", undefined);
    const { accept } = await wire(Object.assign({}, env, { SEALING_KEYS: `k2:${NEW},k1:${OLD}` }));
    const [member] = await accept.topicMembersAfter("shop", "late", "", 1);
    expect(member?.id).toMatch(OLDER);
    expect(await topicReader("shop", accept)("late")).toMatchObject({
      value: [{ id: "late-member", sealed: expect.stringMatching(/^k2\./) }],
    });
  });
});

describe("Once an older key is dropped", () => {
  it("who is known by events alone is decided, made known and told as anybody; what they had before has a problem", async () => {
    const post = (id: string) => ({ id, source: "/shop", type: "order.paid", subject: "stranger", data: { name: "x" } });
    expect(await shop.post(post("before"))).toMatchObject({ status: 202, body: { events: [{ messages: [{ reason: "unreachable" }] }] } });
    const ask = await under(`k2:${NEW}`);
    const list = async () =>
      z.object({ messages: z.array(z.unknown()) }).parse((await ask("GET", "/v1/messages?recipient=stranger")).body).messages;
    const lost = { reason: "unreachable", problem: { detail: expect.stringContaining("SEALING_KEYS") } };
    expect(await list()).toMatchObject([lost]);
    expect(await ask("POST", "/v1/events", post("after"))).toMatchObject({ status: 202 });
    expect(await list()).toMatchObject([{ recipient: "stranger", event: { id: "after" } }, lost]);
    expect(await ask("PUT", "/v1/recipients/stranger", { addresses: { sms: "13800138009" } })).toMatchObject({ status: 200 });
    expect(await ask("POST", "/v1/events", post("told"))).toMatchObject({ body: { events: [{ messages: [{ decision: "send" }] }] } });
    expect(await list()).toMatchObject([{ event: { id: "told" } }, { event: { id: "after" } }, lost]);
    expect((await ask("DELETE", "/v1/recipients/stranger")).status).toBe(204);
    expect(await list()).toEqual([]);
  });
});
