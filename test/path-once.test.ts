import { type AddressInfo, createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { shopCatalogAt } from "../examples/open-shop.ts";
import { freePort } from "../examples/ports.ts";
import { routerClient } from "../examples/router-client.ts";
import { NOTICE_CLASSES, type NoticeClass } from "../src/vocabulary/classes.ts";
import { newEvent, newPerson } from "./shop-events.ts";
import { eventually, PATIENT_TEST_MS, useEverything } from "./start-everything.ts";
import { DROPPING_PREFIX, type End, TROUBLES } from "./troubles.ts";
import { withoutTimesAndIds } from "./without-times-and-ids.ts";

/** Somebody who takes each connection and drops it when the call has been written. */
let dropping: Server;
let dropped = 0;
let droppingUrl = "";
let closedUrl = "";

const everything = useEverything("once", async () => {
  dropping = createServer((socket) => {
    socket.once("data", (written) => {
      // Those who only ask are dropped as well, but are no calls for a message.
      if (written.toString("latin1").startsWith("POST")) dropped++;
      socket.destroy();
    });
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => dropping.listen(0, "127.0.0.1", resolve));
  droppingUrl = `http://127.0.0.1:${(dropping.address() as AddressInfo).port}`;
  closedUrl = `http://127.0.0.1:${await freePort()}`;
  const sandboxPort = await freePort();
  const hosts = [`http://127.0.0.1:${sandboxPort}`, droppingUrl, closedUrl].join(",");
  return { sandboxPort, vars: { RECEIPT_WAIT_SECONDS: "1", UNKNOWN_AFTER_SECONDS: "3", CARRIER_HOSTS: hosts } };
});
afterAll(() => {
  dropping.close();
});

/** A message that has been accepted and shall come to this end. */
interface Followed {
  readonly what: string;
  readonly class: NoticeClass;
  readonly number: string;
  readonly id: string;
  readonly end: End;
}
let followed: readonly Followed[] = [];

/** Everything goes wrong at once, so that the calls that hang need not be waited for one after the other. */
beforeAll(async () => {
  const { accept, setFaults } = everything();
  await publishWithDeadCarriers();
  const planned = TROUBLES.flatMap(({ what, prefix, rules, ends }, at) =>
    NOTICE_CLASSES.map((noticeClass) => {
      const person = newPerson({ prefix: prefix ?? troubledPrefix(at) });
      const number = person.addresses.sms;
      return { what, class: noticeClass, number, end: ends[noticeClass], event: newEvent(noticeClass, person), rules };
    }),
  );
  await setFaults(planned.flatMap(({ rules, number }) => rules.map((rule) => ({ ...rule, to: number }))));
  const messages = await accept(planned.map(({ event }) => event));
  followed = planned.map(({ event: _, rules: __, ...each }, at) => ({ ...each, id: messages[at]?.id ?? "" }));
}, PATIENT_TEST_MS);

/** Numbers of one trouble. Each has a carrier of its own, so that no breaker takes all of them for one carrier's failing. */
const troubledPrefix = (at: number): string => `+86139${10 + at}`;

/** The shop's catalog, with carriers that cannot be reached for two countries. */
async function publishWithDeadCarriers(): Promise<void> {
  const { local, key } = everything();
  const catalog = shopCatalog.parse(shopCatalogAt(local.sandbox.url));
  const at = (base_url: string): object => ({ ...catalog.carriers.main, base_url });
  const own = TROUBLES.map((_, trouble) => `trouble-${trouble}`);
  const troubled = Object.fromEntries(own.map((name) => [name, catalog.carriers.main]));
  const carriers = { ...catalog.carriers, ...troubled, dropping: at(droppingUrl), closed: at(closedUrl) };
  const routes = [
    { channel: "sms", countries: ["US"], carriers: ["dropping"] },
    { channel: "sms", countries: ["GB"], carriers: ["closed"] },
    ...own.map((name, trouble) => ({ channel: "sms", prefixes: [troubledPrefix(trouble)], carriers: [name] })),
    ...catalog.routes,
  ];
  await routerClient(local.router.url).publishCatalog(key, { ...catalog, carriers, routes });
}

const shopCatalog = z.looseObject({ carriers: z.object({ main: z.looseObject({}) }), routes: z.array(z.unknown()) });

describe("A message ends as its class wants it when", { timeout: PATIENT_TEST_MS }, () => {
  it.each(TROUBLES.map(({ what }) => what))("%s", async (what) => {
    const { untilState, texts } = everything();
    const those = followed.filter((each) => each.what === what);
    expect(those).toHaveLength(4);
    const seen = await Promise.all(
      those.map(async ({ id, class: noticeClass, number, end }) => {
        const { state, attempts } = await untilState(id, end.state);
        return { class: noticeClass, state, texts: (await texts(number)).length, calls: attempts.length };
      }),
    );
    expect(seen).toEqual(those.map(({ class: noticeClass, end }) => ({ class: noticeClass, ...end })));
  });
});

describe("Each message", { timeout: PATIENT_TEST_MS }, () => {
  it("says why the carrier refused it", async () => {
    for (const { id } of followed.filter(({ what }) => what === "the carrier refuses the number")) {
      const { attempts } = await everything().message(id);
      expect(attempts).toMatchObject([{ answer: { kind: "refused", because: "recipient", code: "21614" } }]);
    }
  });

  it("says why it did not arrive", async () => {
    for (const { id } of followed.filter(({ end }) => end.state === "undelivered")) {
      const { attempts } = await everything().message(id);
      expect(attempts).toMatchObject([{ receipts: [{ status: "undelivered", code: "30003" }] }]);
    }
  });

  it("has as many attempts as there were calls, also where no answer came", () => {
    const calls = followed.filter(({ number }) => number.startsWith(DROPPING_PREFIX)).reduce((sum, { end }) => sum + end.calls, 0);
    expect(dropped).toBe(calls);
  });
});

describe("A hundred identical posts at once", { timeout: PATIENT_TEST_MS }, () => {
  it("make one SMS, and get the same answer but for `replayed`", async () => {
    const { post, accept, untilState, texts } = everything();
    const person = newPerson();
    const event = newEvent("transactional", person);
    const answers = await Promise.all(Array.from({ length: 100 }, async () => decisions.parse(await (await post(event)).json())));
    const messages = answers.flatMap(({ events }) => events.flatMap((each) => each.messages));
    expect(messages.filter(({ replayed }) => replayed !== true)).toHaveLength(1);
    expect(new Set(messages.map(({ replayed: _, ...message }) => JSON.stringify(message))).size).toBe(1);

    await untilState(messages[0]?.id ?? "", "delivered");
    // Who comes after them in the same lane has arrived only when the lane has looked at all of them.
    const [last] = await accept([newEvent("transactional", newPerson())]);
    await untilState(last?.id ?? "", "delivered");
    expect(await texts(person.addresses.sms)).toHaveLength(1);
  });
});

const decisions = z.object({
  events: z.array(z.looseObject({ messages: z.array(z.looseObject({ id: z.string(), replayed: z.boolean().optional() })) })),
});

describe("Receipts", { timeout: PATIENT_TEST_MS }, () => {
  it("make the same message in any order, however often and however early they come", async () => {
    const { accept, setFaults, readBook, untilState, message } = everything();
    const orders = [
      [],
      [{ fault: "receipt_early" }],
      [{ fault: "receipt_repeated", times: 3 }],
      [{ fault: "receipt_reordered" }],
      [{ fault: "receipt_early" }, { fault: "receipt_reordered" }, { fault: "receipt_repeated", times: 2 }],
    ];
    const people = orders.map(() => newPerson());
    await setFaults(orders.flatMap((rules, at) => rules.map((rule) => ({ ...rule, to: people[at]?.addresses.sms }))));
    const messages = await accept(people.map((person) => newEvent("transactional", person)));
    for (const { id } of messages) await untilState(id, "delivered");
    const numbers = new Set(people.map(({ addresses }) => addresses.sms));
    await eventually(readBook, ({ messages }) =>
      messages.filter(({ to }) => numbers.has(to)).every(({ receipts }) => receipts.every(({ state }) => state === "posted")),
    );
    const [plain, ...others] = await Promise.all(messages.map(async ({ id }) => withoutTimesAndIds(await message(id))));
    for (const other of others) expect(other).toEqual(plain);
    expect(plain).toMatchObject({ state: "delivered", attempts: [{ n: 1, receipts: [{ status: "delivered" }] }] });
  });
});

describe("After all that", { timeout: PATIENT_TEST_MS }, () => {
  it("no message has moved from its end, and no handset has got another text", async () => {
    const { message, texts } = everything();
    for (const { id, number, end } of followed) {
      expect((await message(id)).state).toBe(end.state);
      expect(await texts(number)).toHaveLength(end.texts);
    }
  });
});
