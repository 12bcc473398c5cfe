import { beforeAll, describe, expect, it } from "vitest";
import { URL_TABLE } from "../../src/routes.ts";
import type { Line } from "../../src/routes-line.ts";
import { KEY_SCOPES } from "../../src/store/keys.ts";
import { type Answer, ask, type OpenTenant, openTenant, ROOT_KEY } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { stubCarrier } from "./stub-carrier.ts";

const MESSAGE = "m".repeat(44);
/** The largest body that any address takes, catalogs aside. */
const LARGEST_BYTES = 4 * 1024 * 1024;
const CATALOG_BYTES = 16 * 1024 * 1024;
/** Words that only the inside knows: stack traces, SQL, names of classes and of bindings. */
const INNER = /\bat \w+ ?\(|\.ts:\d|SQLITE|D1_ERROR|TypeError|RangeError|ZodError|env\.|LANE_|ROOT_KEY_|NAMING_KEY|SEALING/;

/** Addresses that say all in themselves. Every other one that is not asked by GET is held to what must hold of bodies. */
const READS_NO_BODY: ReadonlySet<string> = new Set([
  "POST /v1/messages/:id/cancel",
  "POST /v1/messages/:id/verified",
  "DELETE /v1/recipients/:id",
  "DELETE /v1/keys/:id",
  "PUT /v1/topics/:topic/members/:recipient",
  "DELETE /v1/topics/:topic/members/:recipient",
]);
/** Addresses whose body may be left out, since all its fields may. */
const NEEDS_NO_BODY: ReadonlySet<string> = new Set([
  "POST /v1/keys/:id/rotate",
  "POST /v1/tenants/:id/keys",
  "POST /v1/audit/verify",
  "POST /v1/sealing",
  "POST /v1/recover",
]);
/** Bodies of lines are taken line by line: what is wrong with one is told in the answer. */
const READS_LINES: ReadonlySet<string> = new Set(["POST /v1/recipients/import", "POST /v1/preferences/import"]);
const nameOf = ({ method, path }: Line): string => `${method} ${path}`;
/** Addresses of the deployment's root key. */
const ROOTED: ReadonlySet<string> = new Set(["/v1/tenants", "/v1/tenants/sealing", "/v1/tenants/:id/keys"]);

const pathOf = ({ path }: Line): string =>
  path
    .replace("/recipients/:id", "/recipients/u1")
    .replace("/messages/:id", `/messages/${MESSAGE}`)
    .replace("/carriers/:name", "/carriers/main")
    .replace("/keys/:id", `/keys/${"k".repeat(16)}`)
    .replace("/topics/:topic", "/topics/buyers")
    .replace("/members/:recipient", "/members/u1")
    .replace("/tenants/:id", "/tenants/shop")
    .replace("/notices/:name", "/notices/order.lost")
    .replace(":tenant/:carrier/:token", "shop/main/token");

/** What the table's line is for, its parameters being any one step. */
const patternOf = ({ path }: Line): RegExp => new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}$`);

let shop: OpenTenant;
let other: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
  other = await openTenant("other");
});

function expectProblem(answer: Answer, status: number): void {
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  expect(answer.body).toMatchObject({
    type: expect.stringMatching(/^urn:carillon:problem:/),
    title: expect.any(String),
    status,
    detail: expect.any(String),
  });
  expect(answer.text).not.toMatch(INNER);
}

/** What must hold of every address, whatever it does. */
function holdsFor(line: Line): void {
  const { method, scope } = line;
  const path = pathOf(line);
  const methods = URL_TABLE.filter((one) => patternOf(one).test(path)).map((one) => one.method);
  const guarded = scope !== "open";
  const takesBody =
    method !== "GET" && !line.path.startsWith("/carriers/") && ![READS_NO_BODY, READS_LINES].some((set) => set.has(nameOf(line)));
  const body = takesBody ? {} : undefined;
  const rightKey = (): string => (guarded ? shop.admin : ROOT_KEY);

  it("answers another method by 405 and says which it takes", async () => {
    for (const wrong of ["GET", "POST", "PUT", "DELETE", "PATCH"].filter((one) => one !== method)) {
      const answer = await ask(wrong, path, shop.admin);
      if (answer.status === 405) {
        expectProblem(answer, 405);
        expect(answer.headers.get("allow")).toBe(methods.join(", "));
      } else expect(methods).toContain(wrong);
    }
  });

  if (guarded || ROOTED.has(line.path))
    it("answers no key and wrong keys by 401, all in the same words", async () => {
      const parts = shop.admin.split("_");
      const flipped = shop.admin.slice(0, -1) + (shop.admin.endsWith("A") ? "B" : "A");
      const forged = ["ck", "other", ...parts.slice(2)].join("_");
      const stranger = guarded ? ROOT_KEY : shop.admin;
      const answers = await Promise.all(
        [undefined, "x", flipped, forged, `${shop.admin}A`, stranger].map((key) => ask(method, path, key, body)),
      );
      for (const answer of answers) expectProblem(answer, 401);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      if (guarded) for (const answer of answers) expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    });

  if (guarded)
    it("answers a key of another scope by 403, and lets the right one in", async () => {
      for (const one of KEY_SCOPES) {
        const answer = await ask(method, path, await shop.keyWith(one), body);
        if (one === scope || (one === "admin" && scope !== "unmask")) expect([401, 403]).not.toContain(answer.status);
        else expectProblem(answer, 403);
      }
    });

  if (READS_NO_BODY.has(nameOf(line)))
    it("answers the same whatever body comes with it", async () => {
      const bare = await ask(method, path, rightKey());
      for (const strange of ["", "{", "[[]]", new Uint8Array([0xff, 0xfe]), "x".repeat(300_000)]) {
        const { status, text } = await ask(method, path, rightKey(), strange);
        expect({ status, text }).toEqual({ status: bare.status, text: bare.text });
      }
    });

  if (READS_LINES.has(nameOf(line)))
    it("tells of every line that is wrong, however strange, and answers another content type by 415", async () => {
      const lines = { "content-type": "application/x-ndjson" };
      const strange = ["{", "null", "5", '"x"', "[[]]", '{"__proto__":{"a":1}}', `{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`];
      const answer = await ask(method, path, rightKey(), [...strange, "x".repeat(LARGEST_BYTES)].join("\n"), lines);
      const told = answer.text.trim().split("\n");
      expect(answer.status).toBe(200);
      expect(told.filter((text) => /^\{"line":\d+,"errors":\[\{"pointer":/.test(text))).toHaveLength(strange.length + 1);
      expect(JSON.parse(told.at(-1) ?? "")).toMatchObject({ done: true, failed: strange.length + 1 });
      expect(answer.text).not.toMatch(INNER);
      expect((await ask(method, path, rightKey(), new Uint8Array([0xff, 0xfe]), lines)).text).toContain("UTF-8");
      for (const type of ["application/x-www-form-urlencoded", "application/json"])
        expectProblem(await ask(method, path, rightKey(), "{}", { "content-type": type }), 415);
    });

  if (takesBody)
    it("answers a body that is too large by 413", async () => {
      const large = `"${"x".repeat((line.path.startsWith("/v1/catalog") ? CATALOG_BYTES : LARGEST_BYTES) + 1)}"`;
      expectProblem(await ask(method, path, rightKey(), large), 413);
    });

  if (takesBody)
    it("answers what is not JSON by 400, what is not UTF-8 too, and another content type by 415", async () => {
      const empty = NEEDS_NO_BODY.has(nameOf(line)) ? [] : [""];
      for (const bad of [...empty, "{", "{'a':1}", '{"__proto__":{"a":1}}', new Uint8Array([0xff, 0xfe])])
        expectProblem(await ask(method, path, rightKey(), bad), 400);
      expectProblem(await ask(method, path, rightKey(), "a=b", { "content-type": "application/x-www-form-urlencoded" }), 415);
    });

  if (NEEDS_NO_BODY.has(nameOf(line)))
    it("takes an empty body for a map without entries, whatever its content type", async () => {
      const { status } = await ask(method, path, rightKey(), {});
      expect([400, 415, 422]).not.toContain(status);
      for (const type of ["application/json", "application/x-www-form-urlencoded"])
        expect((await ask(method, path, rightKey(), "", { "content-type": type })).status).toBe(status);
      expect((await ask(method, path, rightKey())).status).toBe(status);
    });

  if (takesBody)
    it("answers JSON of a wrong form by 422, however strange", async () => {
      const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
      const strange = ["null", "5", '"x"', "[[]]", '{"constructor":{"a":1},"toString":1}', `{"a":${deep}}`];
      for (const value of strange) {
        const answer = await ask(method, path, rightKey(), value);
        if (answer.status === 202) expect(answer.body).toMatchObject({ events: [{ problem: { status: 422 } }] });
        else expectProblem(answer, 422);
      }
    });
}

describe.each(URL_TABLE.map((line) => [`${line.method} ${line.path}`, line] as const))("%s", (_, line) => holdsFor(line));

describe("An address that there is not", () => {
  it("is answered by 404, with a key and without", async () => {
    for (const path of [
      "/",
      "/v1",
      "/v1/nothing",
      "/v1/events/1",
      "/carriers/shop/main/token",
      "/carriers/shop/main/token/replies",
      "/constructor",
      "/v1/messages/%E0%A4%A",
    ]) {
      for (const key of [undefined, shop.admin]) expectProblem(await ask("GET", path, key), 404);
    }
  });
});

describe("What is one tenant's", () => {
  const EVENT = { id: "e1", source: "/shop", type: "order.paid", recipients: ["u1"], data: { name: "x" } };
  const idOf = (answer: Answer): string => answer.text.match(/[A-Za-z0-9_-]{44}/)?.[0] ?? "none";

  it("is not there for another: messages by id, and by an equal recipient's id", async () => {
    const id = idOf(await shop.post(EVENT));
    expect(await shop.get(`/v1/messages/${id}`)).toMatchObject({ status: 200, body: { id } });
    expectProblem(await other.get(`/v1/messages/${id}`), 404);
    expect(await other.get("/v1/messages?recipient=u1")).toMatchObject({ status: 200, body: { messages: [] } });
    expect(idOf(await other.post(EVENT))).not.toBe(id);
    for (const act of ["cancel", "verified"]) expectProblem(await ask("POST", `/v1/messages/${id}/${act}`, other.admin), 404);
    expect((await shop.get("/v1/messages?recipient=u1")).text).not.toContain(idOf(await other.post(EVENT)));
  });

  it("keeps profiles apart", async () => {
    await shop.put("/v1/recipients/u2", { addresses: { sms: "13800138000" } });
    const event = { ...EVENT, id: "e2", recipients: ["u2"] };
    expect(await other.post(event)).toMatchObject({ status: 202, body: { events: [{ messages: [{ reason: "unreachable" }] }] } });
  });

  it("keeps catalogs apart: no tenant may name another's secrets", async () => {
    expect(await other.put("/v1/catalog", smallCatalog("shop"))).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/carriers/main/secrets/auth_token" }] },
    });
  });
});
