import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { URL_TABLE } from "../../src/routes.ts";
import type { Line } from "../../src/routes-line.ts";
import { type Answer, ask, type OpenTenant, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { stubCarrier } from "./stub-carrier.ts";

/** Names and ids: of what is the shop's, or of what nobody has, in the same form. */
interface Names {
  readonly recipient: string;
  readonly number: string;
  readonly message: string;
  readonly notice: string;
  readonly type: string;
  readonly event: string;
  readonly carrier: string;
  readonly topic: string;
  readonly key: string;
  readonly version: number;
  readonly tenant: string;
}

const NOBODYS: Names = {
  recipient: "qqqq-7",
  number: "+8613700137099",
  message: "n".repeat(44),
  notice: "qqqq.wwww",
  type: "qqqq.zzzz",
  event: "event-of-nobody",
  carrier: "no-carrier",
  topic: "qqqq-topic",
  key: "AAAAbbbbCCCCdddd",
  version: 999,
  tenant: "nobody",
};

/** Stands in what is the shop's alone and is never asked after: wherever another sees it, something leaks. */
const MARK = "markoftheshop";

interface Asking {
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
}
type Askings = (names: Names) => readonly Asking[];

const at =
  (...paths: readonly ((names: Names) => string)[]): Askings =>
  (names) =>
    paths.map((path) => ({ path: path(names) }));
const alone =
  (path: string, body?: unknown): Askings =>
  () => [{ path, ...(body === undefined ? {} : { body }) }];
const eventOf = ({ event, type, recipient }: Names) => ({ id: event, source: "/shop", type, recipients: [recipient], data: { name: "x" } });
const recipientPath = ({ recipient }: Names): string => `/v1/recipients/${recipient}`;
const profile = ({ number }: Names) => ({ addresses: { sms: number }, tags: ["own"] });
const entry = { scope: "marketing", channel: "*", state: "out", at: "2026-11-01T00:00:00Z" };

/** How each address is asked after something that has a name. */
const ASKINGS: Readonly<Record<string, Askings>> = {
  "POST /v1/events": (names) => [
    { path: "/v1/events", body: eventOf(names) },
    { path: "/v1/events", body: { ...eventOf(names), type: "order.paid" } },
  ],
  "GET /v1/messages": at(
    ({ recipient }) => `/v1/messages?recipient=${recipient}`,
    ({ recipient, notice }) => `/v1/messages?recipient=${recipient}&notice=${notice}`,
  ),
  "GET /v1/messages/:id": at(({ message }) => `/v1/messages/${message}`),
  "POST /v1/messages/:id/cancel": at(({ message }) => `/v1/messages/${message}/cancel`),
  "POST /v1/messages/:id/verified": at(({ message }) => `/v1/messages/${message}/verified`),
  "POST /v1/recipients/:id/cancel": (names) => [{ path: `${recipientPath(names)}/cancel`, body: { notice: names.notice, key: "k" } }],
  "POST /v1/recipients/:id/reschedule": (names) => [
    { path: `${recipientPath(names)}/reschedule`, body: { notice: names.notice, key: "k", by: "P1D" } },
  ],
  "POST /v1/recover": alone("/v1/recover"),
  "GET /v1/dead-letters": at(
    ({ notice }) => `/v1/dead-letters?notice=${notice}`,
    ({ carrier }) => `/v1/dead-letters?carrier=${carrier}`,
    () => "/v1/dead-letters",
  ),
  "POST /v1/dead-letters/replay": (names) => [
    { path: "/v1/dead-letters/replay", body: { ids: [names.message] } },
    { path: "/v1/dead-letters/replay", body: { filter: { notice: names.notice } } },
  ],
  "GET /v1/recipients": at(
    ({ number }) => `/v1/recipients?channel=sms&address=${encodeURIComponent(number)}`,
    () => `/v1/recipients?tag=${MARK}`,
    () => "/v1/recipients",
  ),
  "GET /v1/recipients/export": at(() => "/v1/recipients/export?unmask=true"),
  "POST /v1/recipients/import": (names) => [
    {
      path: "/v1/recipients/import?how=merge",
      body: JSON.stringify({ id: names.recipient, tags: ["imported"] }),
      type: "application/x-ndjson",
    },
  ],
  "GET /v1/recipients/:id": at(recipientPath, (names) => `${recipientPath(names)}?unmask=true`),
  "PUT /v1/recipients/:id": (names) => [{ path: recipientPath(names), body: profile(names) }],
  "PATCH /v1/recipients/:id": (names) => [{ path: recipientPath(names), body: { tags: ["patched"] } }],
  "DELETE /v1/recipients/:id": at(recipientPath),
  "GET /v1/recipients/:id/preferences": at((names) => `${recipientPath(names)}/preferences?history=true`),
  "PUT /v1/recipients/:id/preferences": (names) => [{ path: `${recipientPath(names)}/preferences`, body: { preferences: [entry] } }],
  "GET /v1/preferences/export": at(() => "/v1/preferences/export"),
  "POST /v1/preferences/import": (names) => [
    {
      path: "/v1/preferences/import",
      body: JSON.stringify({ recipient: names.recipient, ...entry, source: "paper" }),
      type: "application/x-ndjson",
    },
  ],
  "GET /v1/blocks": at(
    ({ number }) => `/v1/blocks?channel=sms&address=${encodeURIComponent(number)}`,
    () => "/v1/blocks?unmask=true",
  ),
  "DELETE /v1/blocks": (names) => [{ path: "/v1/blocks", body: { channel: "sms", address: names.number } }],
  "PUT /v1/blocks": (names) => [{ path: "/v1/blocks", body: { channel: "sms", address: names.number } }],
  "GET /v1/topics": alone("/v1/topics"),
  "GET /v1/topics/:topic/members": at(({ topic }) => `/v1/topics/${topic}/members`),
  "DELETE /v1/topics/:topic/members/:recipient": at(({ topic, recipient }) => `/v1/topics/${topic}/members/${recipient}`),
  "PUT /v1/topics/:topic/members/:recipient": at(({ topic, recipient }) => `/v1/topics/${topic}/members/${recipient}`),
  "PUT /v1/topics/:topic/members": (names) => [{ path: `/v1/topics/${names.topic}/members`, body: { recipients: [names.recipient] } }],
  "GET /v1/keys": alone("/v1/keys"),
  "POST /v1/keys/:id/rotate": (names) => [{ path: `/v1/keys/${names.key}/rotate`, body: {} }],
  "DELETE /v1/keys/:id": at(({ key }) => `/v1/keys/${key}`),
  "GET /v1/catalog": at(
    ({ version }) => `/v1/catalog?version=${version}`,
    () => "/v1/catalog",
  ),
  "GET /v1/catalog/versions": alone("/v1/catalog/versions"),
  "PATCH /v1/catalog/notices/:name": (names) => [{ path: `/v1/catalog/notices/${names.notice}`, body: { ttl: "PT1H" } }],
  "POST /v1/catalog/activate": (names) => [{ path: "/v1/catalog/activate", body: { version: names.version } }],
  "POST /v1/simulations": (names) => [{ path: "/v1/simulations", body: { recipients: [names.recipient], events: [eventOf(names)] } }],
  "POST /v1/templates/preview": (names) => [{ path: "/v1/templates/preview", body: { notice: names.notice } }],
  "GET /v1/pauses": alone("/v1/pauses"),
  "DELETE /v1/pauses": (names) => [{ path: "/v1/pauses", body: { notice: names.notice } }],
  "POST /v1/pauses": (names) => [{ path: "/v1/pauses", body: { carrier: names.carrier } }],
  "GET /v1/carriers": alone("/v1/carriers"),
  "POST /v1/carriers/:name/test": (names) => [{ path: `/v1/carriers/${names.carrier}/test`, body: { to: names.number, text: "x" } }],
  "GET /v1/audit": at(
    ({ key }) => `/v1/audit?actor=${encodeURIComponent(`key:${key}`)}`,
    ({ recipient }) => `/v1/audit?recipient=${recipient}&from=2100-01-01T00:00:00Z`,
  ),
  "POST /v1/audit/verify": alone("/v1/audit/verify", {}),
  "GET /v1/sealing": alone("/v1/sealing"),
  "POST /v1/sealing": alone("/v1/sealing", {}),
  "POST /v1/tenants/:id/keys": (names) => [{ path: `/v1/tenants/${names.tenant}/keys`, body: {} }],
  "GET /v1/tenants/sealing": alone("/v1/tenants/sealing"),
  "POST /v1/tenants": (names) => [{ path: "/v1/tenants", body: { id: names.tenant } }],
  "GET /carriers/:tenant/:carrier/:token/receipts": at(({ tenant }) => `/carriers/${tenant}/main/${"t".repeat(22)}/receipts`),
  "POST /carriers/:tenant/:carrier/:token/receipts": (names) => [
    { path: `/carriers/${names.tenant}/main/${"t".repeat(22)}/receipts?m=${names.message}`, body: "MessageStatus=delivered", type: FORM },
  ],
};
const FORM = "application/x-www-form-urlencoded";

/** Addresses at which nothing is asked after by a name: they make something new of the caller's own. */
const NAMELESS: ReadonlySet<string> = new Set(["GET /healthz", "PUT /v1/catalog", "POST /v1/catalog/check", "POST /v1/keys"]);

const lineName = ({ method, path }: Line): string => `${method} ${path}`;

let shop: OpenTenant;
/** Keys of two other tenants, which may do all that there is: one asks after what is the shop's, one after what nobody has. */
let stranger: string;
let asker: string;
let theirs: Names;
let before: readonly string[];

/** All that the shop can see of itself, save what only tells of asking. */
async function shopState(): Promise<readonly string[]> {
  const paths = [
    `/v1/recipients/${theirs.recipient}`,
    `/v1/recipients/${theirs.recipient}/preferences?history=true`,
    `/v1/messages?recipient=${theirs.recipient}`,
    `/v1/topics/${theirs.topic}/members`,
    "/v1/recipients",
    "/v1/topics",
    "/v1/blocks",
    "/v1/pauses",
    "/v1/keys",
    "/v1/catalog",
    "/v1/catalog/versions",
    "/v1/dead-letters",
    "/v1/audit",
  ];
  const answers = await Promise.all(paths.map((path) => shop.get(path)));
  return answers.map(({ status, text }, place) => `${paths[place]} ${status} ${text.replace(/"last_used_at":"[^"]*",?/g, "")}`);
}

beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
  stranger = await (await openTenant("other")).keyWith("admin", "unmask");
  asker = await (await openTenant("third")).keyWith("admin", "unmask");
  const catalog = smallCatalog("shop");
  const templates = { sms: { "zh-CN": `${MARK}{{ data.name }}` } };
  const notices = { ...catalog.notices, "rose.sold": { class: "service", channels: ["sms"], on: ["rose.bought"], templates } };
  const grown = { ...catalog, carriers: { ...catalog.carriers, "rose-carrier": catalog.carriers.main }, notices };
  for (const ttl of ["PT1H", "PT2H"]) {
    const answer = await shop.put(`/v1/catalog?note=${MARK}`, { ...grown, classes: { ...catalog.classes, verification: { ttl } } });
    expect(answer).toMatchObject({ status: 200 });
  }
  const recipient = "rose-1";
  const number = "+8613900139011";
  const put = await shop.put(`/v1/recipients/${recipient}`, {
    addresses: { sms: number },
    tags: [MARK],
    preferences: [{ scope: "marketing", channel: "*", state: "in" }],
  });
  expect(put.status).toBe(200);
  const posted = await shop.post({ id: "rose-event", source: "/shop", type: "rose.bought", recipients: [recipient], data: { name: "x" } });
  const message = posted.text.match(/[A-Za-z0-9_-]{44}/)?.[0] ?? "none";
  for (const member of [recipient, `member-${MARK}`]) await ask("PUT", `/v1/topics/rose-topic/members/${member}`, shop.admin);
  await ask("PUT", `/v1/topics/${MARK}/members/x`, shop.admin);
  for (const address of [number, "+8613900139012"]) await shop.put("/v1/blocks", { channel: "sms", address, reason: MARK });
  for (const notice of ["rose.sold", MARK]) await ask("POST", "/v1/pauses", shop.admin, { notice });
  const made = await ask("POST", "/v1/keys", shop.admin, { name: MARK, scopes: ["read"] });
  const key = String(made.text.match(/"id":"([^"]+)"/)?.[1]);
  await env.DB.prepare(
    "INSERT INTO dead_letters (tenant, id, reason, class, notice, code, carrier, at) VALUES ('shop', ?, 'failed', 'service', 'rose.sold', ?, 'rose-carrier', 1)",
  )
    .bind(message, MARK)
    .run();
  theirs = {
    recipient,
    number,
    message,
    notice: "rose.sold",
    type: "rose.bought",
    event: "rose-event",
    carrier: "rose-carrier",
    topic: "rose-topic",
    key,
    version: 3,
    tenant: "shop",
  };
  before = await shopState();
});

/** An answer with all that may differ put aside: the names that were asked for, instants, and ids that are made of them. */
function shapeOf({ status, text, headers }: Answer, names: Names): string {
  let shape = `${status} ${headers.get("content-type")} ${text}`;
  const given = Object.entries(names).toSorted(([, a], [, b]) => String(b).length - String(a).length);
  for (const [name, value] of given) {
    if (name === "version") shape = shape.replace(new RegExp(`(?<!revision":)\\b${value}\\b`, "g"), "<version>");
    else if (name !== "tenant") shape = shape.replaceAll(String(value), `<${name}>`);
  }
  return shape
    .replace(/(?<![a-z])(other|third)(?![a-z])/gi, "<own>")
    .replace(/[;,.]? the closest one[^"]*/gi, "")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replace(/(?<![\w-])[\w-]{44}(?![\w-])/g, "<id>")
    .replace(/(?<![\w-])[\w-]{22}(?![\w-])/g, "<hash>")
    .replace(/(?<=["_:])[A-Za-z0-9-]{16}(?=")/g, "<key id>")
    .replace(/"\d{3}\*{4}\d{4}"|\+?\d+\*+\d+/g, "<masked>");
}

describe("Another tenant", () => {
  it("has a way to ask at every address", () => {
    const asked = new Set([...Object.keys(ASKINGS), ...NAMELESS]);
    expect(URL_TABLE.map(lineName).filter((name) => !asked.has(name))).toEqual([]);
    expect([...asked].filter((name) => !URL_TABLE.some((line) => lineName(line) === name))).toEqual([]);
  });

  it.each(URL_TABLE.filter((line) => !NAMELESS.has(lineName(line))).map((line) => [lineName(line), line] as const))(
    "cannot tell by %s what is the shop's from what nobody has",
    async (name, { method }) => {
      const askAll = async (key: string, names: Names): Promise<readonly Answer[]> => {
        const answers: Answer[] = [];
        for (const { path, body, type } of ASKINGS[name]?.(names) ?? [])
          answers.push(await ask(method, path, key, body, type ? { "content-type": type } : {}));
        return answers;
      };
      const [seen, unseen] = [await askAll(stranger, theirs), await askAll(asker, NOBODYS)];
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.map((answer) => shapeOf(answer, theirs))).toEqual(unseen.map((answer) => shapeOf(answer, NOBODYS)));
      for (const { status, text } of [...seen, ...unseen]) {
        expect(status).toBeLessThan(500);
        expect(text).not.toContain(MARK);
      }
    },
  );

  it("is nobody with the shop's key's id and a secret of its own", async () => {
    const secret = stranger.split("_").slice(3).join("_");
    for (const tenant of ["shop", "other"])
      expect(await ask("GET", "/v1/keys", `ck_${tenant}_${theirs.key}_${secret}`)).toMatchObject({ status: 401 });
  });

  afterAll(async () => {
    // Whatever was asked above, in whatever order: the shop is as it was.
    expect(await shopState()).toEqual(before);
  });
});
