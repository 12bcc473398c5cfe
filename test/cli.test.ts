import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCarillon, spawnCarillon } from "./run-carillon.ts";

const carillon = (...args: string[]) => runCarillon(args, { CARILLON_URL: url, CARILLON_KEY: "ck_test" });

const asked: string[] = [];
let answers: { readonly status: number; readonly body: unknown }[] = [];
/** What addresses answer whenever they are asked, and in any order. */
const standing = new Map<string, unknown>();
let server: Server;
let url = "";

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      const match = request.headers["if-match"];
      asked.push(`${request.method} ${request.url} ${request.headers.authorization} ${text}${match === undefined ? "" : ` if ${match}`}`);
      const held = standing.get(`${request.method} ${request.url}`);
      const { status, body } = held === undefined ? (answers.shift() ?? { status: 500, body: {} }) : { status: 200, body: held };
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe("The command line", () => {
  it("says what there is", async () => {
    const { code, stdout } = await carillon("--help");
    expect(code).toBe(0);
    const names =
      "recover publish catalog lint pauses pause resume carriers dead-letters recipients audit keys topics sealing preferences blocks segments render help";
    expect([...stdout.matchAll(/^ {2}([a-z][a-z-]*) /gm)].map(([, name]) => name)).toEqual([...names.split(" "), "carillon"]);
    for (const part of ["--json", "CARILLON_KEY", "carillon --key ck_… pause"]) expect(stdout).toContain(part);
    expect(await carillon()).toMatchObject({ code: 1, stderr: stdout });
    expect(await carillon("key")).toMatchObject({ code: 1, stderr: expect.stringContaining("Did you mean keys?") });
    expect((await carillon("help", "audit")).stdout).toContain("carillon audit [options] [command]");
  });

  it("starts each kind of command as a process of its own, where a key may be called as a command is", async () => {
    const file = join(tmpdir(), `carillon-kinds-${process.pid}.yaml`);
    writeFileSync(file, "notices: {}\n");
    const kinds: readonly (readonly [words: string, asks: string, answer: object | undefined, says: string])[] = [
      ["recover", "POST /v1/recover", { recipients: 1, requeued: 0, unavailable: 0 }, "0 messages of 1 recipient were put back"],
      [`publish ${file}`, "PUT /v1/catalog", { version: 7 }, "version 7 is in force"],
      [`lint ${file}`, "", undefined, "0 errors, 1 piece of advice"],
      ["--key keys pauses", "GET /v1/pauses", { pauses: [] }, "nothing is paused"],
      ["dead-letters", "GET /v1/dead-letters", { dead_letters: [] }, "there are no dead letters"],
      ["recipients", "GET /v1/recipients", { recipients: [] }, "there is nobody"],
      ["audit", "GET /v1/audit", { audit: [] }, "nothing of the kind was done"],
      ["keys", "GET /v1/keys", { keys: [] }, ""],
      ["topics", "GET /v1/topics?limit=1000", { topics: [] }, "there are no topics"],
      ["sealing", "GET /v1/sealing", { current: "k1", older: [], state: "one_key" }, "all is sealed under k1"],
      ["preferences get u1", "GET /v1/recipients/u1/preferences", { id: "u1", preferences: [] }, "nothing was said yet"],
      ["blocks", "GET /v1/blocks", { blocks: [] }, "nothing is blocked"],
      ["render a", "POST /v1/templates/preview", { notice: "a", version: 1, previews: [] }, ""],
    ];
    for (const [, asks, answer] of kinds) standing.set(asks, answer);
    const atOnce = pLimit(2);
    const runs = await Promise.all(
      kinds.map(([words]) => atOnce(() => spawnCarillon(words.split(" "), { CARILLON_URL: url, CARILLON_KEY: "ck_test" }))),
    );
    standing.clear();
    expect(runs).toEqual(kinds.map(([, , , says]) => ({ code: 0, stdout: expect.stringContaining(says), stderr: "" })));
  });

  it("verifies the audit page by page, gives the head to keep, and ends with 2 where the chain is broken", async () => {
    const head = { seq: 5_002, hash: "h" };
    answers = [
      { status: 200, body: { ok: true, rows: 5_000, through: 5_000, head, next: 5_000 } },
      { status: 200, body: { ok: true, rows: 2, through: 5_002, head } },
      { status: 200, body: { ok: false, at: 7, what: "moved", detail: "The row was written at another place." } },
    ];
    asked.length = 0;
    const sound = await carillon("audit", "verify", "--expect", "7:x");
    expect(sound).toMatchObject({ code: 0, stdout: expect.stringContaining("5002:h") });
    const expected = ',"expect":{"seq":7,"hash":"x"}}';
    expect(asked).toEqual([0, 5_000].map((after) => `POST /v1/audit/verify Bearer ck_test {"after":${after}${expected}`));
    expect(await carillon("audit", "verify")).toMatchObject({ code: 2, stdout: expect.stringContaining("broken at 7 (moved)") });
    expect(await carillon("audit", "verify", "--expect", "x")).toMatchObject({ code: 1, stderr: expect.stringContaining("118:Jx2") });
  });

  it("makes, lists, rotates and revokes keys", async () => {
    const key = { id: "k1", prefix: "ck_shop_k1", name: "server", scopes: ["events"], event_types: ["order.*"] };
    answers = [
      { status: 201, body: { ...key, key: "ck_shop_k1_secret" } },
      { status: 200, body: { keys: [key], next: "c" } },
      { status: 200, body: { keys: [{ ...key, id: "k2", prefix: "ck_shop_k2", revoked_at: "2026-01-01T00:00:00.000Z" }] } },
      { status: 201, body: { ...key, id: "k3", key: "ck_shop_k3_secret" } },
      { status: 204, body: undefined },
    ];
    asked.length = 0;
    const created = await carillon(
      "keys",
      "create",
      "server",
      "--scope",
      "events",
      "--event-type",
      "order.*",
      "--expires",
      "2027-01-01T00:00:00Z",
    );
    expect(created).toMatchObject({ code: 0, stdout: expect.stringContaining("ck_shop_k1_secret") });
    const listed = await carillon("keys");
    expect(listed.stdout.split("\n").slice(0, 2)).toEqual([
      "ck_shop_k1  server (events), event types order.*, used never",
      "ck_shop_k2  server (events), event types order.*, used never, revoked 2026-01-01T00:00:00.000Z",
    ]);
    expect(await carillon("keys", "rotate", "k1", "--overlap", "P1D")).toMatchObject({
      stdout: expect.stringContaining("ck_shop_k3_secret"),
    });
    expect(await carillon("keys", "revoke", "k1")).toMatchObject({ code: 0, stdout: "k1 is over within 10 s\n" });
    expect(asked.map((one) => one.replace(" Bearer ck_test", ""))).toEqual([
      'POST /v1/keys {"name":"server","scopes":["events"],"event_types":["order.*"],"expires_at":"2027-01-01T00:00:00Z"}',
      "GET /v1/keys ",
      "GET /v1/keys?cursor=c ",
      'POST /v1/keys/k1/rotate {"overlap":"P1D"}',
      "DELETE /v1/keys/k1 ",
    ]);
  });

  it("shows control characters as JSON writes them, whatever they stand in: a terminal would obey them", async () => {
    const key = { id: "k1", prefix: "ck_shop_k1", name: "\u001b[31mred\u0007\u009b", scopes: ["read"] };
    const warnings = [{ pointer: "/name", detail: "\u001b[2J" }];
    answers = [
      { status: 200, body: { keys: [key], warnings } },
      { status: 200, body: { keys: [key] } },
      { status: 422, body: { title: "t", detail: "\u001b[2J" } },
    ];
    expect(await carillon("keys")).toMatchObject({
      stdout: "ck_shop_k1  \\u001b[31mred\\u0007\\u009b (read), used never\n",
      stderr: "warning: /name \\u001b[2J\n",
    });
    const json = await carillon("--json", "keys");
    expect(json.stdout).not.toMatch(/[^\P{Cc}\n]/u);
    expect(JSON.parse(json.stdout)).toEqual({ keys: [key] });
    expect(await carillon("keys")).toMatchObject({ code: 1, stderr: "t: \\u001b[2J\n" });
  });

  it("tells how far sealing anew is while it goes on", async () => {
    const step = { current: "k2", older: ["k1"], state: "under_way", recipients: 600, texts: 900 };
    answers = [
      { status: 200, body: step },
      { status: 200, body: { ...step, state: "finished", recipients: 700, texts: 1_000 } },
    ];
    expect(await carillon("sealing", "renew")).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^finished: 700 recipients/),
      stderr: "\runder way: 600 recipients are through, 900 texts were sealed anew under k2 \n",
    });
  });

  it("lists topics and their members, and has recipients join and leave, a thousand at once", async () => {
    const ids = Array.from({ length: 1001 }, (_, at) => `u${at}`);
    answers = [
      { status: 200, body: { topics: [{ topic: "buyers", members: 1 }], next: "c" } },
      { status: 200, body: { topics: [{ topic: "staff", members: 2 }] } },
      { status: 200, body: { members: ["u1", "u2"], unreadable: [{ key: "Xk3", problem: { detail: "It cannot be opened." } }] } },
      { status: 200, body: { added: 999, already: 1 } },
      { status: 200, body: { added: 1, already: 0 } },
      { status: 204, body: undefined },
    ];
    asked.length = 0;
    expect((await carillon("topics")).stdout).toBe("buyers  1 member\nstaff  2 members\n");
    expect((await carillon("topics", "members", "买家")).stdout).toBe("u1\nu2\n(Xk3)  It cannot be opened.\n");
    expect((await carillon("topics", "join", "buyers", ...ids)).stdout).toBe("1000 members added to buyers; 1 were in it already\n");
    expect((await carillon("topics", "leave", "buyers", "a/b")).stdout).toBe("a/b is no longer in buyers\n");
    expect(asked.map((one) => one.split(" Bearer")[0])).toEqual([
      "GET /v1/topics?limit=1000",
      "GET /v1/topics?limit=1000&cursor=c",
      "GET /v1/topics/%E4%B9%B0%E5%AE%B6/members?limit=1000",
      "PUT /v1/topics/buyers/members",
      "PUT /v1/topics/buyers/members",
      "DELETE /v1/topics/buyers/members/a%2Fb",
    ]);
  });

  it("lists recipients by what they are held to, addresses as the router shows them", async () => {
    const addresses = { sms: [{ address: "138****8000", preferred: true }], email: [{ address: "z***@example.com", suppressed: "550" }] };
    const unreadable = { key: "Xk3", problem: { title: "It failed", detail: "It cannot be opened." } };
    const person = { id: "u1", revision: 2, addresses, tags: ["vip", "new"], quiet_hours: null };
    answers = [
      { status: 200, body: { recipients: [person, { ...person, id: "u2", addresses: {}, tags: [] }, unreadable], next: "c" } },
      { status: 200, body: { recipients: [] } },
    ];
    asked.length = 0;
    expect((await carillon("recipients", "list", "--tag", "vip", "--limit", "2")).stdout).toBe(
      "u1  sms 138****8000  email z***@example.com (refused: 550)  tags vip new\nu2\n(Xk3)  It cannot be opened.\nmore with --cursor c\n",
    );
    expect((await carillon("recipients", "--address", "+8613800138000", "--channel", "sms", "--cursor", "c")).stdout).toBe(
      "there is nobody\n",
    );
    expect(asked).toEqual([
      "GET /v1/recipients?tag=vip&limit=2 Bearer ck_test ",
      "GET /v1/recipients?address=%2B8613800138000&channel=sms&cursor=c Bearer ck_test ",
    ]);
  });

  it("lists the audit by its parameters", async () => {
    const row = {
      seq: 3,
      at: "2026-11-01T00:00:00.000Z",
      actor: "root",
      action: "pause.set",
      target: "tenant",
      detail: { n: 1 },
      hash: "h",
    };
    answers = [{ status: 200, body: { audit: [row], next: "c" } }];
    asked.length = 0;
    const { stdout } = await carillon("audit", "--action", "pause.set", "--recipient", "u1");
    expect(asked).toEqual(["GET /v1/audit?action=pause.set&recipient=u1 Bearer ck_test "]);
    expect(stdout).toBe('3  2026-11-01T00:00:00.000Z  root  pause.set  tenant  {"n":1}\nmore with --cursor c\n');
  });

  it("recovers page by page and sums up", async () => {
    answers = [
      { status: 200, body: { recipients: 500, requeued: 3, unavailable: 0, next: "cursor" } },
      { status: 200, body: { recipients: 20, requeued: 1, unavailable: 2 } },
    ];
    asked.length = 0;
    expect(await carillon("--json", "recover")).toMatchObject({ code: 0, stdout: '{"recipients":520,"requeued":4,"unavailable":2}\n' });
    expect(asked).toEqual(["POST /v1/recover Bearer ck_test ", "POST /v1/recover?cursor=cursor Bearer ck_test "]);
  });

  it("pauses what is named", async () => {
    answers = [{ status: 200, body: { pauses: [{ lane: "marketing", since: "2026-01-01T00:00:00.000Z" }] } }];
    asked.length = 0;
    expect((await carillon("pause", "lane=marketing")).stdout).toBe("lane marketing, since 2026-01-01T00:00:00.000Z\n");
    expect(asked).toEqual(['POST /v1/pauses Bearer ck_test {"lane":"marketing"}']);
    answers = [{ status: 200, body: { pauses: [], warnings: [{ pointer: "/notice", detail: "is no notice of the catalog in force" }] } }];
    expect((await carillon("pause", "notice=x")).stderr).toBe("warning: /notice is no notice of the catalog in force\n");
    expect(await carillon("pause", "everything")).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("lane=<class>") });
  });

  it("publishes a catalog written in YAML, and tells every place that is wrong", async () => {
    const file = join(tmpdir(), `carillon-cli-${process.pid}.yaml`);
    writeFileSync(file, "notices:\n  a: { class: service }\n");
    const errors = [{ pointer: "/notices/a/channels", detail: "is missing" }];
    answers = [
      { status: 200, body: { version: 7 } },
      { status: 422, body: { title: "Something in it is not valid", detail: "1 place", errors } },
    ];
    asked.length = 0;
    expect((await carillon("publish", file)).stdout).toContain("version 7");
    expect(asked[0]).toBe('PUT /v1/catalog Bearer ck_test {"notices":{"a":{"class":"service"}}}');
    expect(await carillon("publish", file)).toMatchObject({
      code: 1,
      stderr: `Something in it is not valid: 1 place\n  ${file}:2:3: /notices/a/channels is missing\n`,
    });
    expect(await carillon("publish", "/no/such/file")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("/no/such/file cannot be read"),
    });
    writeFileSync(file, "notices: [unclosed\n");
    expect(await carillon("publish", file)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${file}:2:1: Flow sequence in block collection`),
    });
    expect(asked).toHaveLength(2);
  });

  it("publishes with a note and only over the version that is meant, and puts an older one in force", async () => {
    const file = join(tmpdir(), `carillon-note-${process.pid}.yaml`);
    writeFileSync(file, "notices: {}\n");
    answers = [9, 10, 2].map((version) => ({ status: 200, body: { version } }));
    asked.length = 0;
    await carillon("publish", file, "--note", "for spring", "--if-match", "8");
    await carillon("publish", file, "--if-match", '"9"');
    expect((await carillon("catalog", "activate", "2", "--if-match", "10")).stdout).toContain("version 2 is in force");
    expect(asked).toEqual([
      'PUT /v1/catalog?note=for+spring Bearer ck_test {"notices":{}} if "8"',
      'PUT /v1/catalog Bearer ck_test {"notices":{}} if "9"',
      'POST /v1/catalog/activate Bearer ck_test {"version":2} if "10"',
    ]);
    expect(await carillon("catalog", "activate", "latest")).toMatchObject({ code: 1, stderr: expect.stringContaining("is no version") });
  });

  it("lists versions, says what a catalog would change, and prints one that publish takes", async () => {
    const counts = { added: 60, removed: 0, changed: 1 };
    const summary = { settings: ["routes"], added: ["a", "b"], removed: [], changed: ["c"], counts };
    const says = "60 added: a, b, …; 1 changed: c; settings: routes";
    const row = { version: 3, published_at: "2026-01-02T03:04:05.000Z", published_by: "key:k", active: true };
    const file = join(tmpdir(), `carillon-check-${process.pid}.yaml`);
    writeFileSync(file, "notices: {}\n");
    answers = [
      {
        status: 200,
        body: {
          versions: [
            { ...row, note: "why", summary },
            { ...row, version: 2, active: false },
          ],
          next: "2",
        },
      },
      { status: 200, body: { valid: true, against: 3, summary } },
      { status: 200, body: { notices: { a: 1 } } },
    ];
    asked.length = 0;
    expect((await carillon("catalog", "versions", "--limit", "2")).stdout).toBe(
      `3 (in force)  2026-01-02T03:04:05.000Z  key:k  ${says}  why\n2  2026-01-02T03:04:05.000Z  key:k\nmore with --cursor 2\n`,
    );
    expect((await carillon("catalog", "check", file)).stdout).toBe(`it may be published; against version 3 it changes ${says}\n`);
    expect(JSON.parse((await carillon("catalog", "get", "--version", "3")).stdout)).toEqual({ notices: { a: 1 } });
    expect(asked.map((one) => one.split(" ", 2).join(" "))).toEqual([
      "GET /v1/catalog/versions?limit=2",
      "POST /v1/catalog/check",
      "GET /v1/catalog?version=3",
    ]);
  });

  it("shows carriers in a line each, with what is the matter with them", async () => {
    const gate = { breaker: "open", cause: "errors", share: 0 };
    const carriers = [
      {
        name: "main",
        adapter: "twilio",
        secrets: { auth_token: "missing" },
        paused: true,
        gate,
        balance: { amount: "12.50", unit: "USD" },
      },
      { name: "spare", adapter: "tencent", secrets: {}, paused: false, gate: { unavailable: "gate" }, balance: { unavailable: "timeout" } },
    ];
    answers = [{ status: 200, body: { catalog: 1, carriers } }];
    asked.length = 0;
    expect((await carillon("carriers")).stdout).toBe(
      "main (twilio), breaker open because of errors, balance 12.50 USD, paused, secret auth_token is missing\n" +
        "spare (tencent), health unavailable, balance unavailable\n",
    );
    expect(asked).toEqual(["GET /v1/carriers Bearer ck_test "]);
  });

  it("tests a carrier by one message and shows what became of it", async () => {
    const shown = { request: { method: "POST" }, answer: { kind: "taken", reference: "R1" }, took_ms: 40, response: { status: 200 } };
    answers = [{ status: 200, body: shown }];
    asked.length = 0;
    const template = '{"code":"SMS_1","params":{"code":"1234"}}';
    const { stdout } = await carillon("carriers", "test", "main", "--to", "+8613800138000", "--text", "您好", "--template", template);
    expect(stdout).toMatch(/^taken after 40 ms\n/);
    const body = `{"to":"+8613800138000","text":"您好","template":${template}}`;
    expect(asked).toEqual([`POST /v1/carriers/main/test Bearer ck_test ${body}`]);
    expect(await carillon("carriers", "test", "main", "--to", "1", "--text", "x", "--template", "SMS_1")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("--template must be JSON"),
    });
  });

  it("lists dead letters by what it is held to, and says how the list goes on", async () => {
    const letter = { id: "m1", at: "2026-01-01T00:00:00.000Z", reason: "failed", notice: "order.paid", code: "no_route" };
    answers = [{ status: 200, body: { dead_letters: [letter], next: "c1" } }];
    asked.length = 0;
    const { stdout } = await carillon("dead-letters", "--notice", "order.paid", "--replayed", "--cursor", "c0");
    expect(stdout).toBe("m1  2026-01-01T00:00:00.000Z  failed  order.paid  no_route\nmore with --cursor c1\n");
    expect(asked).toEqual(["GET /v1/dead-letters?notice=order.paid&replayed=true&cursor=c0 Bearer ck_test "]);
    answers = [{ status: 200, body: { dead_letters: [] } }];
    expect((await carillon("dead-letters")).stdout).toBe("there are no dead letters\n");
  });

  it("replays by ids, or page by page by a filter, and tells what could not be replayed", async () => {
    answers = [
      { status: 200, body: { queued: 1, results: [{ id: "m1", result: "queued", state: "queued" }], next: "c1" } },
      { status: 200, body: { queued: 0, results: [{ id: "m2", result: "not_replayable", state: "delivered" }] } },
      { status: 200, body: { queued: 0, results: [{ id: "m3", result: "not_found" }] } },
      { status: 200, body: { queued: 0, results: [] } },
    ];
    asked.length = 0;
    const words = "1 message was put back into its lane\n  m2 not_replayable, it is delivered\n";
    expect((await carillon("dead-letters", "replay", "--reason", "failed", "--to", "2026-02-01T00:00:00Z")).stdout).toBe(words);
    expect((await carillon("dead-letters", "replay", "m3")).stdout).toContain("m3 not_found");
    await carillon("dead-letters", "replay", "--all");
    const filter = '{"filter":{"reason":"failed","to":"2026-02-01T00:00:00Z"}';
    expect(asked.map((line) => line.replace("POST /v1/dead-letters/replay Bearer ck_test ", ""))).toEqual([
      `${filter}}`,
      `${filter},"cursor":"c1"}`,
      '{"ids":["m3"]}',
      '{"filter":{}}',
    ]);
    for (const args of [[], ["m1", "--all"], ["m1", "--notice", "order.paid"]])
      expect(await carillon("dead-letters", "replay", ...args)).toMatchObject({ code: 1, stderr: expect.stringContaining("--all") });
  });

  it("says in words that the router cannot be reached, or that its address is none", async () => {
    expect(await carillon("--url", "http://127.0.0.1:1", "pauses")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("cannot be reached"),
    });
    expect(await carillon("--url", "nonsense", "pauses")).toMatchObject({ code: 1, stderr: expect.stringContaining("must be an address") });
  });
});

describe("carillon preferences", () => {
  it("adds an entry with its proof, and says what counts then", async () => {
    const entry = { scope: "marketing", channel: "sms", state: "in", at: "2026-03-01T09:30:00.000Z" };
    const warnings = [{ pointer: "/preferences/0/scope", detail: "is no notice of the catalog in force" }];
    answers = [{ status: 200, body: { id: "a/b", preferences: [entry], copied: false, warnings } }];
    const said = await carillon("preferences", "set", "a/b", "marketing", "in", "--channel", "sms", "--source", "checkout");
    expect(said).toMatchObject({
      code: 0,
      stdout: "in of marketing on sms, 2026-03-01T09:30:00.000Z\nit is in force; its copy is written later\n",
      stderr: "warning: /preferences/0/scope is no notice of the catalog in force\n",
    });
    const body = { preferences: [{ scope: "marketing", channel: "sms", state: "in", proof: { source: "checkout" } }] };
    expect(asked.at(-1)).toBe(`PUT /v1/recipients/a%2Fb/preferences Bearer ck_test ${JSON.stringify(body)}`);
  });

  it("shows the whole history, page after page", async () => {
    const entry = { scope: "all", channel: "*", state: "out", at: "2026-03-01T09:30:00.000Z", recorded_at: "2026-03-01T09:30:01.000Z" };
    const proof = { source: "checkout", ip: "203.0.113.*" };
    const problem = { status: 500, detail: "It cannot be opened." };
    answers = [
      { status: 200, body: { id: "u1", preferences: [], history: [entry], next: "c1" } },
      {
        status: 200,
        body: {
          id: "u1",
          preferences: [],
          history: [
            { ...entry, proof },
            { ...entry, proof: { source: "crm" }, problem },
          ],
        },
      },
    ];
    expect((await carillon("preferences", "get", "u1", "--history")).stdout).toBe(
      [
        "out of all on *, 2026-03-01T09:30:00.000Z",
        "out of all on *, 2026-03-01T09:30:00.000Z (checkout, 203.0.113.*)",
        "out of all on *, 2026-03-01T09:30:00.000Z (crm, It cannot be opened.)\n",
      ].join("\n"),
    );
    expect(asked.at(-1)).toContain("GET /v1/recipients/u1/preferences?history=true&cursor=c1 ");
  });
});

describe("carillon blocks", () => {
  it("sets, lists and lifts them", async () => {
    const block = { channel: "sms", hash: "h", address: "138****8000", reason: "by phone", set_by: "k", at: "2026-03-01T09:30:00.000Z" };
    answers = [
      { status: 200, body: block },
      { status: 200, body: { blocks: [block, { ...block, address: null, lifting_since: "2026-03-02T00:00:00.000Z" }] } },
      { status: 404, body: { title: "There is nothing here", detail: "There is no block of this address." } },
    ];
    expect((await carillon("blocks", "set", "13800138000", "--reason", "by phone")).stdout).toContain("sms 138****8000, since");
    expect(asked.at(-1)).toContain('PUT /v1/blocks Bearer ck_test {"address":"13800138000","channel":"sms","reason":"by phone"}');
    expect((await carillon("blocks")).stdout).toContain("is being lifted since 2026-03-02T00:00:00.000Z; lift it again");
    expect(await carillon("blocks", "lift", "13800138000")).toMatchObject({ code: 1, stderr: expect.stringContaining("no block") });
  });
});
