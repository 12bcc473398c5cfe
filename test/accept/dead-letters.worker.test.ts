import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { routerOf } from "../../src/routes.ts";
import { insertDeadLetters } from "../../src/store/dead-letters.ts";
import { wire } from "../../src/wiring.ts";
import { type Answer, ask, type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";

const FINE = { sid: `SM${"0".repeat(32)}`, status: "queued", num_segments: "1", error_code: null, error_message: null };
/** Twilio's code of what the account may not do (its region), and of a number that wants no more. */
const [NOT_ALLOWED, OPTED_OUT] = [21408, 21610];

/** What the carrier says of each number from now on: a code of Twilio's, else it takes the message. Calls by number. */
const says = new Map<string, number>();
const calls: string[] = [];
let shop: OpenTenant;
let other: OpenTenant;
beforeAll(async () => {
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    const to = new URLSearchParams(String(init.body)).get("To") ?? "";
    calls.push(to);
    const code = says.get(to);
    return code === undefined ? Response.json(FINE, { status: 201 }) : Response.json({ code, message: "no" }, { status: 400 });
  });
  shop = await openTenant("shop");
  other = await openTenant("other");
});

const replay = (body: unknown, tenant = shop): Promise<Answer> => ask("POST", "/v1/dead-letters/replay", tenant.admin, body);
const letters = async (query = "", tenant = shop): Promise<string[]> =>
  (await tenant.get(`/v1/dead-letters${query}`)).text.match(/(?<="id":")[\w-]+/g) ?? [];
const state = async (id: string): Promise<unknown> => (await shop.get(`/v1/messages/${id}`)).text.match(/"state":"(\w+)"/)?.[1];

let posted = 0;
/** Posts one message that the carrier refuses with this code, and gives its id when it is over. */
async function fail(code: number, type = "order.paid"): Promise<{ readonly id: string; readonly to: string }> {
  const at = ++posted;
  const to = `+861380013${String(at).padStart(4, "0")}`;
  says.set(to, code);
  const recipients = [{ id: `u${at}`, addresses: { sms: to } }];
  const { text } = await shop.post({ id: `e${at}`, source: "/shop", type, recipients, data: { name: "x" } });
  const id = text.match(/[A-Za-z0-9_-]{44}/)?.[0] ?? "none";
  await vi.waitFor(async () => expect(await state(id)).toBe("failed"), 30_000);
  return { id, to };
}

describe("A message that gave up", () => {
  it("stands among the dead letters with what became of it, and is sent once its cause is mended and it is replayed", async () => {
    const { id, to } = await fail(NOT_ALLOWED);
    await vi.waitFor(async () => expect(await letters()).toContain(id), 30_000);
    expect(await shop.get("/v1/dead-letters")).toMatchObject({
      status: 200,
      body: {
        dead_letters: [
          { id, class: "transactional", notice: "order.paid", reason: "failed", code: "21408", carrier: "main", at: expect.any(String) },
        ],
      },
    });
    says.delete(to);
    expect(await replay({ ids: [id] })).toMatchObject({ status: 200, body: { queued: 1, results: [{ id, result: "queued" }] } });
    await vi.waitFor(async () => expect(await state(id)).toBe("sent"), 30_000);
    expect([await letters(), await letters("?replayed=true")]).toEqual([[], [id]]);
    expect(calls.filter((number) => number === to)).toHaveLength(2);
  });

  it("is not sent again by a second replay", async () => {
    const { id, to } = await fail(NOT_ALLOWED);
    await vi.waitFor(async () => expect(await letters()).toContain(id), 30_000);
    says.delete(to);
    await Promise.all([replay({ ids: [id] }), replay({ ids: [id, id] }), replay({ filter: { notice: "order.paid" } })]);
    await vi.waitFor(async () => expect(await state(id)).toBe("sent"), 30_000);
    const audited = async () => (await shop.get("/v1/audit?action=dead_letters.replay")).text.split(id).length - 1;
    const before = await audited();
    expect(before).toBeGreaterThan(0);
    const again = await replay({ ids: [id] });
    expect(again.body).toEqual({ queued: 0, results: [{ id, result: "not_replayable", state: "sent" }] });
    expect(await audited()).toBe(before);
    expect(calls.filter((number) => number === to)).toHaveLength(2);
  });

  it("is a letter anew where it dies again", async () => {
    const { id } = await fail(NOT_ALLOWED);
    await vi.waitFor(async () => expect(await letters()).toContain(id), 30_000);
    expect(await replay({ ids: [id] })).toMatchObject({ body: { queued: 1 } });
    await vi.waitFor(async () => expect([await state(id), await letters()]).toEqual(["failed", [id]]), 30_000);
  });

  it("because of the person is none", async () => {
    const { id } = await fail(OPTED_OUT);
    const mended = await fail(NOT_ALLOWED);
    await vi.waitFor(async () => expect(await letters()).toContain(mended.id), 30_000);
    expect(await letters()).not.toContain(id);
    expect(await replay({ ids: [id] })).toMatchObject({ status: 200, body: { queued: 0, results: [{ id, result: "not_found" }] } });
    expect(await state(id)).toBe("failed");
  });

  it("whose Recipient cannot be asked is told so, and stands until it is replayed", async () => {
    const { id } = await fail(NOT_ALLOWED);
    await vi.waitFor(async () => expect(await letters()).toContain(id), 30_000);
    const wiring = await wire(env);
    const router = routerOf({ ...wiring, accept: { ...wiring.accept, replay: () => Promise.reject(new Error("away")) } });
    const headers = { authorization: `Bearer ${shop.admin}`, "content-type": "application/json" };
    const request = new Request(`${ORIGIN}/v1/dead-letters/replay`, { method: "POST", headers, body: JSON.stringify({ ids: [id] }) });
    expect(await (await router.fetch(request)).json()).toEqual({ queued: 0, results: [{ id, result: "unavailable" }] });
    expect(await letters()).toContain(id);
  });

  it("whose lane could not be told is queued by the same request", async () => {
    const { id, to } = await fail(NOT_ALLOWED);
    await vi.waitFor(async () => expect(await letters()).toContain(id), 30_000);
    says.delete(to);
    const wiring = await wire(env);
    const router = routerOf({ ...wiring, accept: { ...wiring.accept, enqueue: () => Promise.reject(new Error("away")) } });
    const headers = { authorization: `Bearer ${shop.admin}`, "content-type": "application/json" };
    const request = new Request(`${ORIGIN}/v1/dead-letters/replay`, { method: "POST", headers, body: JSON.stringify({ ids: [id] }) });
    expect((await router.fetch(request)).status).toBe(503);
    expect(await replay({ ids: [id] })).toMatchObject({ status: 200, body: { queued: 1 } });
    await vi.waitFor(async () => expect(await state(id)).toBe("sent"), 30_000);
  });
});

describe("GET /v1/dead-letters", () => {
  const stored = (count: number, over: object = {}) =>
    Array.from({ length: count }, (_, at) => ({
      tenant: "other",
      id: String(at).padStart(44, "m"),
      class: "service" as const,
      notice: "parcel.late",
      reason: "expired" as const,
      ...over,
    }));

  it("lists in pages whose cursors lead on, held to what is asked for", async () => {
    await insertDeadLetters(env.DB, stored(120), Date.parse("2026-01-01T00:00:00Z"));
    await insertDeadLetters(
      env.DB,
      stored(1, { reason: "faults", class: "marketing", carrier: "main" }),
      Date.parse("2026-02-01T00:00:00Z"),
    );
    const first = await other.get("/v1/dead-letters?limit=100");
    const second = await other.get(`/v1/dead-letters?limit=100&cursor=${first.text.match(/"next":"([^"]+)"/)?.[1]}`);
    const idsIn = ({ text }: Answer): string[] => text.match(/(?<="id":")\w+/g) ?? [];
    expect([idsIn(first).length, idsIn(second).length, new Set([...idsIn(first), ...idsIn(second)]).size]).toEqual([100, 21, 120]);
    expect(second.body).not.toHaveProperty("next");
    expect((await letters("", other)).length).toBe(50);
    const newest = { reason: "faults", at: "2026-02-01T00:00:00.000Z", carrier: "main" };
    expect(await other.get("/v1/dead-letters?limit=1")).toMatchObject({ body: { dead_letters: [newest] } });
    for (const query of ["reason=faults", "class=marketing", "carrier=main", "from=2026-01-15T00:00:00Z"])
      expect(await letters(`?${query}`, other)).toHaveLength(1);
    expect(await letters("?to=2026-01-15T00:00:00%2B08:00&limit=100", other)).toHaveLength(100);
    expect(await letters("?notice=order.paid", other)).toEqual([]);
  });

  it("shows an unreadable body to its tenant, whole, and to nobody else", async () => {
    const body = '{"v":2,"tenant":"other"}';
    await insertDeadLetters(env.DB, [{ tenant: "other", id: "hash", reason: "unreadable", body }], Date.parse("2026-03-01T00:00:00Z"));
    expect(await other.get("/v1/dead-letters?reason=unreadable")).toMatchObject({ body: { dead_letters: [{ id: "hash", body }] } });
    expect(await letters("?reason=unreadable")).toEqual([]);
    expect((await replay({ ids: ["hash"] }, other)).body).toEqual({ queued: 0, results: [{ id: "hash", result: "not_replayable" }] });
    expect((await replay({ ids: ["hash"] })).body).toEqual({ queued: 0, results: [{ id: "hash", result: "not_found" }] });
  });

  it("refuses what it does not know and cursors that it did not give", async () => {
    const forged = Buffer.from("x y failed").toString("base64url");
    for (const query of [
      "limit=0",
      "limit=101",
      "limit=x",
      "reason=gone",
      "class=urgent",
      "from=yesterday",
      "replayed=yes",
      "all=true",
      "cursor=",
      "cursor=x",
      `cursor=${forged}`,
      "notice=a&notice=b",
    ])
      expect(await shop.get(`/v1/dead-letters?${query}`)).toMatchObject({ status: 422 });
  });
});

describe("POST /v1/dead-letters/replay", () => {
  it("goes through what a filter means page by page, and leaves out what its Recipients do not know", async () => {
    const wanted = { filter: { reason: "expired" } };
    const first = await replay(wanted, other);
    expect(first.body).toMatchObject({ queued: 0, next: expect.any(String) });
    const next = first.text.match(/"next":"([^"]+)"/)?.[1];
    const second = await replay({ ...wanted, cursor: next }, other);
    const results = [first, second].map(({ text }) => text.match(/not_found/g)?.length);
    expect(results).toEqual([100, 20]);
    expect(second.body).not.toHaveProperty("next");
  });

  it.each([
    [{}, ""],
    [{ ids: ["a"], filter: {} }, ""],
    [{ ids: [] }, "/ids"],
    [{ ids: [""] }, "/ids/0"],
    [{ ids: Array.from({ length: 1001 }, () => "a") }, "/ids"],
    [{ filter: { reason: "gone" } }, "/filter/reason"],
    [{ filter: { replayed: true } }, "/filter/replayed"],
    [{ filter: {}, cursor: "x" }, "/cursor"],
    [{ ids: ["a"], cursor: Buffer.from(`1 ${"m".repeat(44)} failed`).toString("base64url") }, "/cursor"],
  ])("refuses %j at %j", async (body, pointer) => {
    expect(await replay(body)).toMatchObject({ status: 422, body: { errors: [{ pointer, detail: expect.any(String) }] } });
  });

  it("says of a tenant without a catalog that there is nothing to replay by", async () => {
    const made = await ask("POST", "/v1/tenants", "root-key-of-the-tests", { id: "bare" });
    const key = String(made.text.match(/ck_[\w-]+/)?.[0]);
    expect(await ask("POST", "/v1/dead-letters/replay", key, { filter: {} })).toMatchObject({ status: 422 });
  });
});
