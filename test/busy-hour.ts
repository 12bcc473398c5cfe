import { shopCatalogAt } from "../examples/open-shop.ts";
import { routerClient } from "../examples/router-client.ts";
import { CLEAR_TAG, type Somebody, somebody } from "./busy-hour-seeds.ts";
import type { Everything } from "./start-everything.ts";

const words = (text: string) => ({ sms: { segments: 2, "zh-CN": text, en: text } });
const NAMED = { name: { type: "string", max: 12 }, code: { type: "string", max: 12 }, order: { type: "string", max: 12 } } as const;
const notice = (noticeClass: string, more: object = {}) => ({
  class: noticeClass,
  channels: ["sms"],
  data: NAMED,
  templates: words("{{ data.name }} {{ data.code }} {{ data.order }}"),
  ...more,
});

/** The shop's catalog with notices whose words, keys and conditions are made of what is personal. */
export function leakyCatalog(carrierUrl: string): object {
  const shop = shopCatalogAt(carrierUrl, true);
  const keyed = "{{ data.name }} {{ data.code }}";
  return {
    ...shop,
    notices: {
      ...shop.notices,
      "leak.code": notice("verification"),
      "leak.order": notice("transactional", { dedupe: { key: keyed, window: "PT1H" }, when: "data.name != recipient.id" }),
      "leak.gathered": notice("service", { digest: { key: keyed, window: "PT2S", max: 9 } }),
      "leak.kept": notice("service", { digest: { key: keyed, window: "PT2H", max: 9 } }),
      "leak.later": notice("transactional", { cancel: { on: ["leak.over"], key: keyed } }),
      "leak.offer": notice("marketing"),
      "leak.refused": notice("transactional"),
      "leak.throttled": notice("transactional"),
      "leak.unclear": notice("transactional"),
      "leak.short": notice("transactional", { ttl: "PT1S" }),
    },
  };
}

let events = 0;
function eventOf(type: string, one: Somebody, more: object = {}) {
  events++;
  // Ids, sources and attributes of events may be personal too.
  const attributes = { id: `${one.email}-${events}`, source: `/${one.number.replaceAll(" ", "")}`, note: one.code };
  return { ...attributes, type, data: { name: one.name, code: one.code, order: one.order }, subject: one.id, ...more };
}

const later = () => new Date(Date.now() + 3_600_000).toISOString();

export interface BusyHour {
  /** Ids of all messages. */
  readonly messages: readonly string[];
  /** Of those that wait for a time to come. */
  readonly waiting: readonly string[];
}

/** An hour's worth of everything that a router does, about people and events that are seeded. */
export async function playBusyHour(everything: Everything, count: number): Promise<BusyHour> {
  const { local, key, accept, setFaults } = everything;
  const ask = (method: string, path: string, body?: unknown) =>
    fetch(`${local.router.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  const people = Array.from({ length: count }, (_, at) => somebody(at));
  const whole = ({ id, number, email, ip }: Somebody) => ({
    id,
    addresses: { sms: number, email },
    locale: "zh-CN",
    tags: [CLEAR_TAG],
    preferences: [{ scope: "marketing", channel: "*", state: "in", at: "2026-03-01T09:30:00Z", proof: { source: "checkout", ip } }],
  });
  await routerClient(local.router.url).publishCatalog(key, leakyCatalog(local.sandbox.url));
  await setFaults([
    { fault: "refuse", code: 21408, body_contains: "refused" },
    { fault: "status_429", retry_after: 3, share: 0.05 },
    { fault: "timeout_after", ms: 3_000, share: 0.02 },
    { fault: "undelivered", share: 0.1 },
    { fault: "refuse", code: 21614, share: 0.05 },
  ]);
  const messages: string[] = [];
  const waiting: string[] = [];
  for (let from = 0; from < people.length; from += 20) {
    const some = people.slice(from, from + 20);
    const all = (type: string, more: (one: Somebody, at: number) => object = () => ({})) =>
      some.map((one, at) => eventOf(type, one, more(one, at)));
    await Promise.all(
      some.map(async ({ id: _, ...one }, at) => {
        if (at % 3 === 0)
          await ask("PUT", `/v1/recipients/${encodeURIComponent(some[at]?.id ?? "")}`, { ...whole({ id: _, ...one }), id: undefined });
      }),
    );
    const codes = all("leak.code", (one) => ({ recipients: [whole(one)] }));
    messages.push(...(await accept(codes)).map(({ id }) => id));
    messages.push(
      ...(await accept([...codes, ...all("leak.order"), ...all("leak.refused", (one) => ({ data: { ...one, name: "refused" } }))])).map(
        ({ id }) => id,
      ),
    );
    messages.push(
      ...(await accept([...all("leak.gathered"), ...all("leak.gathered"), ...all("leak.kept"), ...all("leak.kept")])).map(({ id }) => id),
    );
    waiting.push(...(await accept(all("leak.later", () => ({ deliverat: later() })))).map(({ id }) => id));
    await Promise.all(
      some.map(async (one, at) => {
        const path = `/v1/recipients/${encodeURIComponent(one.id)}`;
        if (at % 4 === 0)
          await ask("PUT", `${path}/preferences`, {
            preferences: [{ scope: "all", channel: "sms", state: "out", proof: { source: "app", wording_version: "2026-11", ip: one.ip } }],
          });
        if (at % 5 === 1) await ask("POST", `${path}/cancel`, { notice: "leak.later", key: `${one.name} ${one.code}` });
        if (at % 5 === 2) await ask("POST", `${path}/reschedule`, { notice: "leak.later", key: `${one.name} ${one.code}`, by: "PT1H" });
        if (at % 3 === 1) await ask("PUT", `/v1/topics/buyers/members/${encodeURIComponent(one.id)}`, {});
        if (at % 20 === 7) await ask("PUT", "/v1/blocks", { channel: "email", address: one.email, reason: "asked" });
        await ask("GET", `/v1/messages?recipient=${encodeURIComponent(one.id)}`);
        // What is refused quotes what it was asked.
        await ask("PUT", path, { addresses: { sms: `${one.number}12345`, email: one.name }, locale: one.code });
        await ask("POST", "/v1/events", eventOf(one.code, one));
        await ask("POST", "/v1/events", `{"id": "${one.number}`);
        await ask("POST", `/v1/messages/${one.code}/cancel`);
        await ask("GET", `/v1/${one.code}/${encodeURIComponent(one.name)}`);
        if (at % 10 === 0) await ask("POST", "/v1/carriers/main/test", { to: one.number, text: one.name });
      }),
    );
    messages.push(...(await accept([...all("leak.offer"), ...all("leak.short"), ...all("leak.order")])).map(({ id }) => id));
  }
  return { messages, waiting };
}
