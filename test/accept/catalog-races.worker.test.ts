import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { routerOf } from "../../src/routes.ts";
import { wire } from "../../src/wiring.ts";
import { ask, type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { stubCarrier } from "./stub-carrier.ts";

const EVENTS = env.SOAK ? 1_000 : 50;
const PEOPLE = 10;

const ACCOUNTS = ["AC00000000000000000000000000000001", "AC00000000000000000000000000000002"] as const;

/** By turns: another order of channels, and another first carrier of texts, in no common step. */
const channelsOf = (mark: number) => ([["sms"], ["rcs", "sms"], ["sms", "rcs"]] as const)[mark % 3] ?? [];
const accountOf = (mark: number) => ACCOUNTS[Math.floor(mark / 2) % 2] ?? "";
const senderOf = (mark: number) => `+1500${1_000_000 + mark}`;

/**
 * What stands in a version says of itself, in its settings and in its notices: words and the carrier's template, how long they are good
 * for, how many notices an event of it brings, channels in their order, whose account is asked and as whom.
 */
function versionOf(mark: number) {
  const { notices, ...settings } = smallCatalog();
  const twilio = (account_sid: string) => ({ ...settings.carriers.main, settings: { account_sid, from: senderOf(mark) } });
  const alibaba = {
    adapter: "alibaba",
    base_url: "https://dysmsapi.aliyuncs.com",
    settings: { access_key_id: "LTAI0000000000", sign_name: `商城${mark}` },
    secrets: { access_key_secret: "CARRIER_SHOP_TWILIO" },
  };
  const [main = "", spare = ""] = accountOf(mark) === ACCOUNTS[0] ? ["main", "spare"] : ["spare", "main"];
  const words = (text: string) => ({
    ...notices["order.paid"],
    ttl: `PT${60 + mark}M`,
    channels: [...channelsOf(mark)],
    templates: { sms: { en: text }, ...(mark % 3 === 0 ? {} : { rcs: { en: { text } } }) },
    ...(mark % 3 === 0 ? {} : { carrier_templates: { rich: { code: `SMS_${1_000 + mark}`, params: { text } } } }),
  });
  const echo = { ...words(`echo ${mark}`), on: ["order.paid"] };
  return {
    ...settings,
    carriers: { main: twilio(ACCOUNTS[0]), spare: twilio(ACCOUNTS[1]), rich: alibaba },
    routes: [
      { channel: "sms" as const, carriers: [main, spare] },
      { channel: "rcs" as const, carriers: ["rich"] },
    ],
    notices: { "order.paid": words(`mark ${mark}`), ...(mark % 2 === 0 ? {} : { "order.echo": echo }) },
  };
}

/** How the call of a message says which version made it. */
function callOf(mark: number, notice: string, channel: string) {
  const text = `${notice === "order.paid" ? "mark" : "echo"} ${mark}`;
  return channel === "rcs"
    ? { account: "SendRCS", sender: `商城${mark}`, template: `SMS_${1_000 + mark}`, text: JSON.stringify({ text }) }
    : { account: accountOf(mark), sender: senderOf(mark), template: null, text };
}

/** Another isolate of the same deployment: its caches are its own. */
async function anotherIsolate() {
  const router = routerOf(await wire(env));
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await router.fetch(
      new Request(ORIGIN + path, {
        method,
        headers: { authorization: `Bearer ${shop.admin}`, "content-type": "application/json", ...headers },
        ...sent,
      }),
    );
    const text = await response.text();
    const answer: unknown = text === "" ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, body: answer };
  };
}

const message = z.object({ id: z.string(), recipient: z.string(), notice: z.string(), replayed: z.boolean().optional() });
const accepted = z.object({ events: z.tuple([z.object({ messages: z.array(message) })]) });
const shown = z.object({
  id: z.string(),
  notice: z.string(),
  catalog: z.number(),
  channel: z.string(),
  event: z.object({ id: z.string(), time: z.string() }),
  expires_at: z.string(),
});
const listed = z.object({ messages: z.array(shown), next: z.string().optional() });

/** Every other one can be reached by texts alone. */
const hasBoth = (at: number) => at % 2 === 0;
function addressesOf(at: number) {
  const number = `+86138001500${10 + at}`;
  return hasBoth(at) ? { sms: number, rcs: number } : { sms: number };
}

let shop: OpenTenant;
let asked: ReturnType<typeof stubCarrier>;
beforeAll(async () => {
  asked = stubCarrier();
  shop = await openTenant("shop");
  for (let at = 0; at < PEOPLE; at++) await shop.put(`/v1/recipients/u${at}`, { locale: "en", addresses: addressesOf(at) });
});

let drawn = 0;
const eventFor = (...recipients: string[]) => ({ id: `e${++drawn}`, source: "/shop", type: "order.paid", recipients, data: { name: "x" } });

/** Everything that a person was meant to hear, oldest first. */
async function messagesOf(person: string) {
  const found: z.infer<typeof shown>[] = [];
  for (let from: string | undefined = ""; from !== undefined; ) {
    const page: z.infer<typeof listed> = listed.parse((await shop.get(`/v1/messages?recipient=${person}${from}`)).body);
    found.unshift(...page.messages.toReversed());
    from = page.next && `&cursor=${page.next}`;
  }
  return found;
}

describe("An isolate that knows an older catalog than its Recipient", () => {
  it("plans anew by the newest, and nobody is told of it", async () => {
    const [fresh, stale] = [await anotherIsolate(), await anotherIsolate()];
    await fresh("PUT", "/v1/catalog", versionOf(2));
    await stale("POST", "/v1/events", eventFor("u0"));
    const { body } = await fresh("PUT", "/v1/catalog", versionOf(3));
    const { version } = z.object({ version: z.number() }).parse(body);
    await fresh("POST", "/v1/events", eventFor("u1"));
    // u2 has seen no catalog: it is decided by the one that the stale isolate has, and that decision stands when u1 is asked again.
    const event = eventFor("u2", "u1");
    const { messages } = accepted.parse((await stale("POST", "/v1/events", event)).body).events[0];
    expect(messages.map(({ recipient, notice, replayed }) => [recipient, notice, replayed])).toEqual([
      ["u2", "order.paid", undefined],
      ["u1", "order.paid", undefined],
      ["u1", "order.echo", undefined],
    ]);
    const catalogs = await Promise.all(["u2", "u1"].map(async (one) => (await messagesOf(one)).filter((own) => own.event.id === event.id)));
    expect(catalogs.map((own) => own.map(({ catalog }) => catalog))).toEqual([[version - 1], [version, version]]);
    // From now on it knows.
    const later = accepted.parse((await stale("POST", "/v1/events", eventFor("u3"))).body).events[0].messages;
    expect(later).toHaveLength(2);
    const again = accepted.parse((await stale("POST", "/v1/events", event)).body).events[0].messages;
    expect(again.filter(({ recipient }) => recipient === "u1").map(({ replayed }) => replayed)).toEqual([true, true]);
  });

  it("is told by an older version that is in force again, too", async () => {
    const [fresh, stale] = [await anotherIsolate(), await anotherIsolate()];
    const { body } = await fresh("PUT", "/v1/catalog", versionOf(5));
    await stale("POST", "/v1/events", eventFor("u4"));
    expect(await fresh("POST", "/v1/catalog/activate", { version: 1 })).toMatchObject({ status: 200, body: { version: 1 } });
    await fresh("POST", "/v1/events", eventFor("u4"));
    await stale("POST", "/v1/events", eventFor("u4"));
    expect((await messagesOf("u4")).map(({ catalog }) => catalog).slice(-2)).toEqual([1, 1]);
    expect(body).not.toEqual({ version: 1 });
  });
});

describe("Catalogs that are published while events come", () => {
  it(`make each of ${EVENTS} events' messages by one version, whole, and no person's by an older one after a newer`, async () => {
    const isolates = [await anotherIsolate(), await anotherIsolate()];
    const marks = new Map<number, number>();
    const inForce: number[] = [];
    let mark = 99;
    /** The next version, or, one time in five, an older one again. */
    const publish = async () => {
      mark++;
      const older = mark % 5 === 4 ? inForce.at(-3) : undefined;
      const answer =
        older === undefined
          ? await isolates[0]?.("PUT", `/v1/catalog?note=${mark}`, versionOf(mark))
          : await isolates[0]?.("POST", "/v1/catalog/activate", { version: older });
      const { version } = z.object({ version: z.number() }).parse(answer?.body);
      if (older === undefined) marks.set(version, mark);
      inForce.push(version);
    };
    await publish();
    const events = Array.from({ length: EVENTS }, (_, at) => eventFor(`u${at % PEOPLE}`, `u${(at + 3) % PEOPLE}`));
    const answers: { readonly status: number; readonly body: unknown }[] = [];
    for (let at = 0; at < events.length; at += 10) {
      const posts = events.slice(at, at + 10).map((event, place) => isolates[place % 2]?.("POST", "/v1/events", event));
      const [posted] = await Promise.all([Promise.all(posts), publish().then(publish)]);
      answers.push(...posted.flatMap((answer) => answer ?? []));
    }
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const told = answers.flatMap(({ body }) => accepted.parse(body).events[0].messages);
    expect(told.filter(({ replayed }) => replayed)).toEqual([]);

    const own = new Set(events.map(({ id }) => id));
    for (let at = 0; at < PEOPLE; at++) {
      const messages = (await messagesOf(`u${at}`)).filter(({ event }) => own.has(event.id));
      let place = 0;
      for (const [, made] of Map.groupBy(messages, ({ event }) => event.id)) {
        const [version] = new Set(made.map(({ catalog }) => catalog));
        const mark = marks.get(version ?? 0) ?? Number.NaN;
        expect(made.map(({ notice }) => notice).sort()).toEqual(mark % 2 === 0 ? ["order.paid"] : ["order.echo", "order.paid"]);
        for (const { catalog, channel, event, expires_at } of made) {
          expect(catalog).toBe(version);
          expect(channel).toBe(hasBoth(at) ? channelsOf(mark)[0] : "sms");
          expect(Date.parse(expires_at) - Date.parse(event.time)).toBe((60 + mark) * 60_000);
        }
        place = inForce.indexOf(version ?? 0, place);
        expect(place).toBeGreaterThanOrEqual(0);
      }
    }
    // Words, carrier and sender are found when a message leaves, by the version that it remembers.
    const all = (await Promise.all(Array.from({ length: PEOPLE }, (_, at) => messagesOf(`u${at}`))))
      .flat()
      .filter(({ event }) => own.has(event.id));
    const callsById = () => Map.groupBy(asked, ({ message }) => message);
    await vi.waitUntil(() => all.every(({ id }) => callsById().has(id)), { timeout: 50_000 * (env.SOAK ? 20 : 1), interval: 100 });
    const calls = callsById();
    for (const { id, notice, catalog, channel } of all)
      expect(calls.get(id)).toEqual([expect.objectContaining(callOf(marks.get(catalog) ?? 0, notice, channel))]);
    expect(new Set(all.map(({ channel }) => channel))).toEqual(new Set(["rcs", "sms"]));
    expect(new Set(asked.map(({ account }) => account))).toEqual(new Set([...ACCOUNTS, "SendRCS"]));
  });
});

describe("Changes of a catalog that come at once", () => {
  it("are one where all say the same If-Match: the others are told that it has changed", async () => {
    const isolates = [await anotherIsolate(), await anotherIsolate()];
    const etag = (await shop.get("/v1/catalog")).headers.get("etag") ?? "";
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => isolates[at % 2]?.("PUT", "/v1/catalog", versionOf(200 + at), { "if-match": etag })),
    );
    expect(answers.map((answer) => answer?.status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 412)]);
    const winner = answers.findIndex((answer) => answer?.status === 200);
    expect((await shop.get("/v1/catalog")).body).toMatchObject({
      notices: { "order.paid": { templates: { sms: { en: `mark ${200 + winner}` } } } },
    });
    expect((await ask("PUT", "/v1/catalog", shop.admin, versionOf(2), { "if-match": etag })).body).toMatchObject({
      type: "urn:carillon:problem:precondition-failed",
    });
  });

  it("are all kept where each is of another notice, without any If-Match", async () => {
    const isolates = [await anotherIsolate(), await anotherIsolate()];
    const patches = Array.from({ length: 20 }, (_, at) => `note.${at}`);
    const answers = await Promise.all(
      patches.map((name, at) => isolates[at % 2]?.("PATCH", `/v1/catalog/notices/${name}`, smallCatalog().notices["order.paid"])),
    );
    expect(new Set(answers.map((answer) => answer?.status))).toEqual(new Set([200]));
    const { notices } = z.object({ notices: z.record(z.string(), z.unknown()) }).parse((await shop.get("/v1/catalog")).body);
    expect(Object.keys(notices)).toEqual(expect.arrayContaining(patches));
  });
});
