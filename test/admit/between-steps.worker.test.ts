import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { consumeLane } from "../../src/deliver/consume-lane.ts";
import { routerOf } from "../../src/routes.ts";
import { readConfig, readSecret } from "../../src/support/config.ts";
import { recipientKeyOf } from "../../src/support/names.ts";
import type { OutgoingRequest } from "../../src/support/outgoing.ts";
import type { LaneMessage } from "../../src/vocabulary/lane-message.ts";
import { type Wiring, wire } from "../../src/wiring.ts";
import { withoutTimesAndIds } from "../without-times-and-ids.ts";

const ORIGIN = "https://carillon.example";
const CATALOG = {
  carriers: {
    main: {
      adapter: "twilio",
      base_url: "https://api.twilio.com",
      settings: { account_sid: `AC${"0".repeat(32)}`, from: "+15005550006" },
      secrets: { auth_token: "CARRIER_SHOP_TWILIO" },
    },
  },
  routes: [{ channel: "sms", carriers: ["main"] }],
  notices: { "order.shipped": { class: "transactional", channels: ["sms"], templates: { sms: { en: "Shipped {{ data.order }}" } } } },
};

/** Between which steps of the path something may happen, in order. */
const GAPS = [
  "the profile's row and the event",
  "the event's row and the queue send",
  "the answer and the claim",
  "the claim and the carrier's call",
  "the carrier's answer and its tell",
  "the tell and the first receipt",
  "the first receipt and the last",
  "the last receipt and the look",
] as const;
type Gap = (typeof GAPS)[number];
/** Is called in each gap with the key of the recipient. */
type Between = (gap: Gap, recipient: string) => Promise<void>;

const answer = z.object({
  events: z.tuple([z.object({ messages: z.tuple([z.looseObject({ id: z.string(), replayed: z.boolean().optional() })]) })]),
});

let people = 0;
let key: Promise<string> | undefined;

/** Makes the tenant once and publishes its catalog. */
function openShop(fetch: (request: Request) => Promise<Response>): Promise<string> {
  key ??= (async () => {
    const made = await fetch(jsonRequest("POST", "/v1/tenants", readConfig(env).ROOT_KEY, { id: "shop", name: "Shop" }));
    const tenant = z.object({ key: z.string() }).parse(await made.json());
    const published = await fetch(jsonRequest("PUT", "/v1/catalog", tenant.key, CATALOG));
    expect(published.ok).toBe(true);
    return tenant.key;
  })();
  return key;
}

function jsonRequest(method: string, path: string, bearer: string, body?: unknown): Request {
  const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/json" };
  return new Request(`${ORIGIN}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

/** A callback as Twilio signs it: HMAC-SHA1 over the URL and the fields in order of their names. */
async function callback(url: string, fields: Readonly<Record<string, string>>): Promise<Request> {
  const signed =
    url +
    Object.entries(fields)
      .toSorted()
      .map((field) => field.join(""))
      .join("");
  const hmac = { name: "HMAC", hash: "SHA-1" };
  const secret = await crypto.subtle.importKey("raw", Buffer.from(readSecret(env, "CARRIER_SHOP_TWILIO") ?? ""), hmac, false, ["sign"]);
  const signature = Buffer.from(await crypto.subtle.sign("HMAC", secret, Buffer.from(signed))).toString("base64");
  return new Request(url, { method: "POST", headers: { "x-twilio-signature": signature }, body: new URLSearchParams(fields) });
}

/** Sends one event all the way through the Worker's own code; what `between` does in the gaps is the test. */
async function sendOne(between: Between) {
  const wiring = await wire(env);
  const person = `person-${++people}`;
  const recipient = await recipientKeyOf(wiring.accept.naming, "shop", person);
  const lane: LaneMessage[] = [];
  const texts: URLSearchParams[] = [];
  let message: string | undefined;
  const take = async (request: OutgoingRequest) => {
    await between("the claim and the carrier's call", recipient);
    texts.push(new URLSearchParams(request.body));
    const body = JSON.stringify({ sid: `SM${"1".repeat(32)}`, status: "queued", num_segments: "1" });
    return { kind: "answered" as const, status: 201, headers: new Headers(), body };
  };
  const observed: Wiring = {
    ...wiring,
    accept: {
      ...wiring.accept,
      async enqueue(messages) {
        message = messages[0]?.ids[0];
        await between("the event's row and the queue send", recipient);
        lane.push(...messages);
      },
    },
    deliver: {
      ...wiring.deliver,
      outgoing: take,
      async tell(...told) {
        await between("the carrier's answer and its tell", recipient);
        return wiring.deliver.tell(...told);
      },
    },
  };
  const { fetch } = routerOf(observed);
  const bearer = await openShop(fetch);
  const event = { id: `event-${people}`, source: "/test", type: "order.shipped", subject: person, data: { order: "D1" } };
  const post = async () => {
    const response = await fetch(jsonRequest("POST", "/v1/events", bearer, event));
    return { status: response.status, body: await response.json() };
  };
  const work = async () => {
    const deliveries = lane.splice(0).map((body) => ({ body, attempts: 1, ack: () => {}, retry: () => expect.unreachable() }));
    await consumeLane(deliveries, observed.deliver);
  };
  const report = async (status: string) => {
    const url = texts[0]?.get("StatusCallback") ?? "";
    const response = await fetch(await callback(url, { MessageSid: `SM${"1".repeat(32)}`, MessageStatus: status }));
    expect(response.status).toBe(200);
  };
  const look = async () => (await fetch(jsonRequest("GET", `/v1/messages/${message}`, bearer))).json();

  await fetch(jsonRequest("PUT", `/v1/recipients/${person}`, bearer, { addresses: { sms: "+8613800000001" } }));
  await between("the profile's row and the event", recipient);
  return { post, work, report, look, texts, lane, recipient };
}

/** Sends one event and its receipts, and gives what is then seen of it. */
async function wholePath(between: Between) {
  const path = await sendOne(between);
  const { status, body } = await path.post();
  const answered = { status, body: withoutTimesAndIds(body) };
  await between("the answer and the claim", path.recipient);
  await path.work();
  await between("the tell and the first receipt", path.recipient);
  await path.report("sent");
  await between("the first receipt and the last", path.recipient);
  await path.report("delivered");
  await between("the last receipt and the look", path.recipient);
  return { answered, seen: withoutTimesAndIds(await path.look()), texts: path.texts.map((text) => text.get("Body")) };
}

/** An object that was evicted and not asked since is there again before it goes once more. */
async function evict(recipient: string): Promise<void> {
  const stub = env.RECIPIENT.getByName(`shop/${recipient}`);
  await stub.timeline({});
  await evictDurableObject(stub);
}

describe("The object of a recipient", () => {
  it("may be evicted between any two steps of the path, and at all of them: nothing changes", async () => {
    const plain = await wholePath(async () => {});
    expect(plain).toMatchObject({
      answered: { status: 202 },
      seen: { state: "delivered", attempts: [{ receipts: [{ status: "delivered" }] }] },
      texts: ["Shipped D1"],
    });
    const reached = new Set<Gap>();
    for (const wanted of GAPS) {
      const evicted = await wholePath(async (gap, recipient) => {
        reached.add(gap);
        if (gap === wanted) await evict(recipient);
      });
      expect(evicted, wanted).toEqual(plain);
    }
    expect([...reached]).toEqual(GAPS);
    expect(await wholePath((_, recipient) => evict(recipient))).toEqual(plain);
  });

  it("may be evicted between its row and a slow queue send: the answer waits for the send, and the message arrives", async () => {
    let sendNow: () => void = () => {};
    const sending = new Promise<void>((resolve) => {
      sendNow = resolve;
    });
    let written: () => void = () => {};
    const rowWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    const path = await sendOne(async (gap) => {
      if (gap !== "the event's row and the queue send") return;
      written();
      await sending;
    });
    let answered = false;
    const posting = path.post().then((response) => {
      answered = true;
      return response;
    });
    await rowWritten;
    await evict(path.recipient);
    expect(await path.look()).toMatchObject({ state: "queued", attempts: [] });
    expect(answered).toBe(false);
    sendNow();
    expect((await posting).status).toBe(202);
    await path.work();
    expect(await path.look()).toMatchObject({ state: "sent" });
    expect(path.texts).toHaveLength(1);
  });

  it("has kept an event whose queue send failed: posted again it is known, enqueued and sent once", async () => {
    let failing = true;
    const path = await sendOne(async (gap, recipient) => {
      if (gap !== "the event's row and the queue send") return;
      await evict(recipient);
      if (failing) throw new Error("the queue cannot be reached");
    });
    expect((await path.post()).status).toBe(503);
    expect(path.lane).toEqual([]);
    failing = false;
    const again = answer.parse((await path.post()).body);
    expect(again.events[0].messages[0].replayed).toBe(true);
    await path.work();
    await path.report("delivered");
    expect(await path.look()).toMatchObject({ state: "delivered" });
    expect((await path.post()).status).toBe(202);
    expect(path.lane).toEqual([]);
    expect(path.texts).toHaveLength(1);
  });
});
