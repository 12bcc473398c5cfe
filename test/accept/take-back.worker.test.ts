import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { type Answer, ask, type OpenTenant, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { stubCarrier } from "./stub-carrier.ts";

const DAY_MS = 86_400_000;
const words = { sms: { en: "Hello" } };

/** The small catalog with bills, which are told ten and three days ahead, and paid by `bill.paid`. */
function catalogFor(tenant: string) {
  const series = [10, 3].map((days) => ({ step: `d${days}`, from: "data.due", offset: `-P${days}D`, template: "t" }));
  const bill = { class: "transactional" as const, channels: ["sms" as const], series, templates: { t: words } };
  const small = smallCatalog(tenant);
  return { ...small, notices: { ...small.notices, "bill.due": { ...bill, cancel: { on: ["bill.paid"], key: "{{ data.bill }}" } } } };
}

const answered = z.object({ events: z.tuple([z.object({ messages: z.array(z.looseObject({ id: z.string(), send_at: z.string() })) })]) });
const shown = z.looseObject({ state: z.string(), send_at: z.string(), expires_at: z.string() });

let shop: OpenTenant;
let other: OpenTenant;
let people = 0;
/** A recipient of this test's own. */
let person = "";
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop", catalogFor("shop"));
  other = await openTenant("other", catalogFor("other"));
});
beforeEach(async () => {
  person = `u${++people}`;
  await shop.put(`/v1/recipients/${person}`, { addresses: { sms: `+861380014${String(people).padStart(4, "0")}` } });
});

/** Posts an event to the person; gives its messages. */
async function post(type: string, over: object = {}) {
  const answer = await shop.post({ id: crypto.randomUUID(), source: "/shop", type, subject: person, data: { name: "x" }, ...over });
  return answered.parse(answer.body).events[0].messages;
}
const later = (days = 30) => new Date(Date.now() + days * DAY_MS).toISOString();
const postBill = (bill: string, due = later()) => post("bill.due", { data: { bill, due } });
const look = async (id: string) => shown.parse((await shop.get(`/v1/messages/${id}`)).body);
const act = (path: string, body?: unknown, key = shop.admin): Promise<Answer> => ask("POST", path, key, body);
const cancelKey = (body: unknown, key = shop.admin) => act(`/v1/recipients/${person}/cancel`, body, key);
const reschedule = (body: object) => act(`/v1/recipients/${person}/reschedule`, { notice: "bill.due", key: "b1", ...body });
const at = (iso: string) => Date.parse(iso);

describe("POST /v1/messages/{id}/cancel", () => {
  it("takes back a message that waits, and says when there was nothing left to take back", async () => {
    const [waiting] = await post("order.paid", { deliverat: later() });
    const id = waiting?.id ?? "";
    expect(await act(`/v1/messages/${id}/cancel`)).toMatchObject({ status: 200, body: { id, state: "canceled", changed: true } });
    expect(await act(`/v1/messages/${id}/cancel`)).toMatchObject({ status: 200, body: { id, state: "canceled", changed: false } });
    expect(await look(id)).toMatchObject({ state: "canceled", attempts: [] });
  });

  it("leaves sent what was sent", async () => {
    const [message] = await post("order.paid");
    const id = message?.id ?? "";
    await vi.waitFor(async () => expect(await look(id)).toMatchObject({ state: "sent" }), 30_000);
    expect(await act(`/v1/messages/${id}/cancel`)).toMatchObject({ status: 200, body: { id, state: "sent", changed: false } });
  });

  it("answers ids that are none, of no message or of another tenant by 404, and takes nothing back", async () => {
    const [waiting] = await post("order.paid", { deliverat: later() });
    const id = waiting?.id ?? "";
    for (const path of ["x", "m".repeat(44), `${id}x`]) expect(await act(`/v1/messages/${path}/cancel`)).toMatchObject({ status: 404 });
    expect(await act(`/v1/messages/${id}/cancel`, undefined, other.admin)).toMatchObject({ status: 404 });
    expect(await look(id)).toMatchObject({ state: "scheduled" });
  });
});

describe("POST /v1/recipients/{id}/cancel", () => {
  it("takes back all that waits with this key, and nothing of another key, notice or recipient", async () => {
    const [one, two] = [await postBill("b1"), await postBill("b2")];
    const answer = await cancelKey({ notice: "bill.due", key: "b1" });
    expect(answer.body).toEqual({ messages: one.map(({ id }) => ({ id, state: "canceled", changed: true })) });
    for (const { id } of two) expect(await look(id)).toMatchObject({ state: "scheduled" });
    expect(await cancelKey({ notice: "order.paid", key: "b2" })).toMatchObject({ status: 200, body: { messages: [] } });
    expect(await act("/v1/recipients/stranger/cancel", { notice: "bill.due", key: "b2" })).toMatchObject({ body: { messages: [] } });
    for (const { id } of two) expect(await look(id)).toMatchObject({ state: "scheduled" });
  });

  it("takes back what an older catalog made, though the notice is gone from the one in force", async () => {
    await postBill("b1");
    const { "bill.due": _gone, ...notices } = catalogFor("shop").notices;
    await shop.put("/v1/catalog", { ...catalogFor("shop"), notices });
    const answer = await cancelKey({ notice: "bill.due", key: "b1" });
    await shop.put("/v1/catalog", catalogFor("shop"));
    expect(answer).toMatchObject({ status: 200, body: { messages: [{ state: "canceled" }, { state: "canceled" }] } });
  });

  it("says the closest notice where the name is not one of the catalog", async () => {
    const answer = await cancelKey({ notice: "bill.deu", key: "b1" });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: "/notice", detail: expect.stringContaining("bill.due") }] } });
    expect(await reschedule({ notice: "bill.deu", by: "P1D" })).toMatchObject({ status: 422, body: { errors: [{ pointer: "/notice" }] } });
    expect(await reschedule({ to: "2020-01-01T00:00:00Z" })).toMatchObject({ status: 422, body: { errors: [{ pointer: "/to" }] } });
  });

  it("reaches nobody of another tenant, though id, notice and key are equal", async () => {
    const bills = await postBill("b1");
    expect(await cancelKey({ notice: "bill.due", key: "b1" }, other.admin)).toMatchObject({ status: 200, body: { messages: [] } });
    for (const { id } of bills) expect(await look(id)).toMatchObject({ state: "scheduled" });
  });

  it("points at what is wrong in its body, and refuses ids that are none", async () => {
    const pointers = async (body: unknown) => (await cancelKey(body)).text.match(/(?<="pointer":")[^"]*/g);
    expect(await pointers({})).toEqual(["/notice", "/key"]);
    expect(await pointers({ notice: " x", key: "" })).toEqual(["/notice", "/key"]);
    expect(await pointers({ notice: "bill.due", key: 5 })).toEqual(["/key"]);
    expect(await pointers({ notice: "bill.due", key: "b1", all: true })).toEqual(["/all"]);
    expect(await act("/v1/recipients/%20x/cancel", { notice: "bill.due", key: "b1" })).toMatchObject({ status: 422 });
  });
});

describe("An event that cancels", () => {
  it("takes back what waits by its key, and makes no message of its own", async () => {
    const [one, two] = [await postBill("b1"), await postBill("b2")];
    expect(await post("bill.paid", { data: { bill: "b1" } })).toEqual([]);
    for (const { id } of one) expect(await look(id)).toMatchObject({ state: "canceled" });
    for (const { id } of two) expect(await look(id)).toMatchObject({ state: "scheduled" });
  });
});

describe("POST /v1/recipients/{id}/reschedule", () => {
  it("moves all of a series that is left by the same time, in one step, its life with it", async () => {
    const bills = await postBill("b1");
    const before = await Promise.all(bills.map(({ id }) => look(id)));
    const moved = await reschedule({ by: "P3DT1H" });
    expect(moved.body).toEqual({ messages: bills.map(({ id }) => ({ id, state: "scheduled", changed: true })) });
    const by = 3 * DAY_MS + 3_600_000;
    for (const [place, { id }] of bills.entries()) {
      const [was, is] = [before[place], await look(id)];
      expect(at(is.send_at) - at(was?.send_at ?? "")).toBe(by);
      expect(at(is.expires_at) - at(was?.expires_at ?? "")).toBe(by);
    }
    await reschedule({ by: "-P3DT1H" });
    expect(await Promise.all(bills.map(({ id }) => look(id)))).toEqual(before);
  });

  it("moves the first that is left to an instant, and the others by as much", async () => {
    const [first, second] = await postBill("b1");
    const to = later(40);
    await reschedule({ to });
    expect((await look(first?.id ?? "")).send_at).toBe(to);
    expect(at((await look(second?.id ?? "")).send_at) - at(to)).toBe(7 * DAY_MS);
    await act(`/v1/messages/${first?.id}/cancel`);
    const answer = await reschedule({ to });
    expect(answer).toMatchObject({
      body: {
        messages: [
          { state: "canceled", changed: false },
          { state: "scheduled", changed: true },
        ],
      },
    });
    expect((await look(second?.id ?? "")).send_at).toBe(to);
  });

  it("moves nothing into the past: what would be there leaves now", async () => {
    const [first, second] = await postBill("b1");
    await reschedule({ by: "-P20D" });
    await vi.waitFor(async () => expect(await look(first?.id ?? "")).toMatchObject({ state: "sent" }), 30_000);
    expect(await look(second?.id ?? "")).toMatchObject({ state: "scheduled" });
  });

  it("leaves other keys and strangers alone", async () => {
    const bills = await postBill("b2");
    expect(await reschedule({ by: "P1D" })).toMatchObject({ status: 200, body: { messages: [] } });
    expect(await act("/v1/recipients/stranger/reschedule", { notice: "bill.due", key: "b2", by: "P1D" })).toMatchObject({
      body: { messages: [] },
    });
    for (const { id, send_at } of bills) expect(await look(id)).toMatchObject({ send_at });
  });

  it("stays within the time that there is, however often it is moved", async () => {
    const [first] = await postBill("b1");
    for (let time = 0; time < 4; time++) expect(await reschedule({ by: "PT999999999H" })).toMatchObject({ status: 200 });
    expect(await shop.get(`/v1/messages/${first?.id}`)).toMatchObject({ status: 200, body: { state: "scheduled" } });
  });

  it.each([
    [{}, ""],
    [{ by: "P1D", to: "2027-01-01T00:00:00Z" }, ""],
    [{ by: "3 days" }, "/by"],
    [{ to: "tomorrow" }, "/to"],
    [{ to: 5 }, "/to"],
    [{ by: "P1D", key: "" }, "/key"],
    [{ by: "P1D", notice: undefined }, "/notice"],
    [{ by: "P1D", step: "d10" }, "/step"],
  ])("refuses %j at %j", async (body, pointer) => {
    expect(await reschedule(body)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });
});

describe("POST /v1/messages/{id}/verified", () => {
  it("takes back a code that has not left, for that it was used", async () => {
    const [code] = await post("login.code", { deliverat: later() });
    const id = code?.id ?? "";
    expect(await act(`/v1/messages/${id}/verified`)).toMatchObject({ status: 200, body: { id, state: "suppressed", changed: true } });
    expect(await look(id)).toMatchObject({ state: "suppressed", reason: "verified" });
    expect(await act(`/v1/messages/${id}/verified`)).toMatchObject({ body: { state: "suppressed", changed: false } });
  });

  it("leaves sent what was sent", async () => {
    const [code] = await post("login.code");
    const id = code?.id ?? "";
    await vi.waitFor(async () => expect(await look(id)).toMatchObject({ state: "sent" }), 30_000);
    expect(await act(`/v1/messages/${id}/verified`)).toMatchObject({ status: 200, body: { id, state: "sent" } });
    expect(await look(id)).toMatchObject({ state: "sent" });
  });

  it("answers ids of no message or of another tenant by 404", async () => {
    const [code] = await post("login.code", { deliverat: later() });
    expect(await act(`/v1/messages/${"m".repeat(44)}/verified`)).toMatchObject({ status: 404 });
    expect(await act(`/v1/messages/${code?.id}/verified`, undefined, other.admin)).toMatchObject({ status: 404 });
    expect(await look(code?.id ?? "")).toMatchObject({ state: "scheduled" });
  });
});
