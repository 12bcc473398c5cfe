import { describe, expect, it } from "vitest";
import { until } from "./start-sandbox.ts";
import { FROM, TO, useSandbox } from "./use-sandbox.ts";

const { url, receiver, control, setFaults, book, phone, send, post, kill, start } = useSandbox();

describe("faults", () => {
  it.each([
    ["status_429", 429, { retry_after: 3 }],
    ["status_500_before", 500, {}],
    ["status_503_before", 503, {}],
    ["status_521", 521, {}],
    ["status_530", 530, {}],
    ["timeout_before", 504, { ms: 20 }],
    ["refuse", 400, { code: 21614 }],
  ])("%s answers %i and takes nothing", async (fault, status, settings) => {
    await setFaults({ fault, first: 1, ...settings });
    const answer = await post({ To: TO, From: FROM, Body: "hi" });
    expect(answer.status).toBe(status);
    if (status === 429) expect(answer.headers.get("Retry-After")).toBe("3");
    expect((await phone()).messages).toEqual([]);
    expect((await post({ To: TO, From: FROM, Body: "hi" })).status).toBe(201);
    const { totals } = await book();
    expect(totals).toMatchObject({ calls: 2, accepted: 1, faults: { [fault]: 1 } });
    expect([...Object.values(totals.refused), ...Object.values(totals.broken)]).toEqual([1]);
  });

  it.each([
    ["status_500_after", 500, {}],
    ["status_503_after", 503, {}],
    ["timeout_after", 504, { ms: 20 }],
    ["latency", 201, { ms: 20 }],
  ])("%s answers %i although the handset has the message", async (fault, status, settings) => {
    await setFaults({ fault, ...settings });
    expect((await post({ To: TO, From: FROM, Body: "hi", StatusCallback: `${receiver().url}/${fault}` })).status).toBe(status);
    expect((await phone()).messages).toMatchObject([{ text: "hi", from: FROM }]);
    await until(() => receiver().at(`/${fault}`).length === 2);
  });

  it.each([
    ["timeout_before", 0],
    ["timeout_after", 1],
  ])("%s hangs without holding up others, and nothing breaks when the caller leaves", async (fault, taken) => {
    await setFaults({ fault, ms: 600_000, to: "+8613900000001" });
    const caller = new AbortController();
    let isOver = false;
    const hanging = post(
      { To: "+8613900000001", From: FROM, Body: "hi", StatusCallback: `${receiver().url}/hang-${taken}` },
      { signal: caller.signal },
    );
    const end = hanging
      .catch(() => "left")
      .finally(() => {
        isOver = true;
      });
    await until(async () => (await book()).totals.calls === 1);
    await Promise.all(Array.from({ length: 5 }, () => send()));
    expect(isOver).toBe(false);
    caller.abort();
    expect(await end).toBe("left");
    await until(() => receiver().at(`/hang-${taken}`).length === 2 * taken);
    expect((await book()).totals).toMatchObject({ accepted: 5 + taken, handset_messages: 5 + taken });
    expect((await phone("+8613900000001")).messages).toHaveLength(taken);
  });

  it("receipts are lost, repeated and reordered as told", async () => {
    const numbers = { lost: "+8613900000001", repeated: "+8613900000002", reordered: "+8613900000003" };
    await setFaults(
      { fault: "receipt_lost", to: numbers.lost },
      { fault: "receipt_repeated", times: 3, to: numbers.repeated },
      { fault: "receipt_reordered", to: numbers.reordered },
      { fault: "receipt_delayed", ms: 1, to: "+86139*" },
    );
    for (const [name, to] of Object.entries(numbers)) await send({ to, statusCallback: `${receiver().url}/${name}` });
    await until(async () => (await book()).totals.receipts.pending === 0);
    const told = (name: string) =>
      receiver()
        .at(`/${name}`)
        .map(({ params }) => params.MessageStatus);
    expect(told("lost")).toEqual([]);
    expect(told("repeated")).toEqual(["sent", "sent", "sent", "delivered", "delivered", "delivered"]);
    expect(told("reordered")).toEqual(["delivered", "sent"]);
    expect((await book()).totals.receipts).toEqual({ planned: 10, posted: 8, failed: 0, lost: 2, pending: 0 });
    expect((await book()).messages.map(({ status }) => status)).toEqual(["delivered", "delivered", "delivered"]);
  });

  it("early receipts are there before the answer", async () => {
    await control("PUT", "delays", { sent_ms: 600_000, delivered_ms: 600_000 });
    await setFaults({ fault: "receipt_early" });
    const { status } = await send({ statusCallback: `${receiver().url}/early` });
    expect(
      receiver()
        .at("/early")
        .map(({ params }) => params.MessageStatus),
    ).toEqual(["sent", "delivered"]);
    expect(status).toBe("queued");
  });

  it("strike the same calls again when they are set again", async () => {
    const rule = { fault: "status_521", share: 0.5 };
    const round = async () => {
      await setFaults(rule);
      const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => post({ To: TO, From: FROM, Body: `no. ${i}` })));
      return answers.map(({ status }) => status);
    };
    const first = await round();
    expect(new Set(first)).toEqual(new Set([201, 521]));
    expect(await round()).toEqual(first);
  });

  it("that make no sense are refused with the place and the reason", async () => {
    const answer = await fetch(url("/control/faults"), {
      method: "PUT",
      body: JSON.stringify({
        rules: [
          { fault: "latency", ms: 1 },
          { fault: "refuse", code: 1, share: 2 },
        ],
      }),
    });
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([422, "application/problem+json"]);
    expect(await answer.json()).toMatchObject({ errors: [{ pointer: "/rules/1/code" }, { pointer: "/rules/1/share" }] });
    await expect(control("PUT", "faults", [])).rejects.toThrow("422");
    await expect(control("PUT", "nothing", {})).rejects.toThrow("404");
    expect(await control("GET", "faults")).toEqual({ seed: 0, rules: [] });
  });
});

describe("the book", () => {
  it("has each of 100 messages that come at once, exactly once", async () => {
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        send({ body: `no. ${i % 99}`, to: `+86139000000${10 + (i % 3)}`, statusCallback: `${receiver().url}/hundred` }),
      ),
    );
    const { totals } = await book();
    expect(totals).toMatchObject({ calls: 100, accepted: 100, refused: {}, broken: {}, handsets: 3, handset_messages: 100, distinct: 99 });
    const phones = await Promise.all([10, 11, 12].map((end) => phone(`%2B86139000000${end}`)));
    expect(phones.flatMap(({ messages }) => messages.map(({ sid }) => sid))).toHaveLength(100);
    await until(() => receiver().at("/hundred").length === 200);
    await until(async () => (await book()).totals.receipts.posted === 200);
  });

  it("is read in pages", async () => {
    for (const body of ["1", "2", "3"]) await send({ body });
    const first = await book("?limit=2");
    expect(first).toMatchObject({ messages: [{ body: "1" }, { body: "2" }], totals: { accepted: 3 } });
    expect(await book(`?limit=2&after=${first.next}`)).toMatchObject({ messages: [{ body: "3" }], next: null });
    expect((await book("?limit=0")).messages).toEqual([]);
  });

  it("shows handsets to people as pages and to programs as JSON", async () => {
    await send({ body: `【店】<i>您好</i> & "bye"` });
    for (const path of ["/phones", `/phones/${TO}`, "/phones/8613800000001"]) {
      const answer = await fetch(url(path), { headers: { Accept: "text/html,application/xhtml+xml,*/*" } });
      expect(answer.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
      expect(await answer.text()).toContain("【店】&lt;i&gt;您好&lt;/i&gt; &amp; &quot;bye&quot;");
    }
    const list = await fetch(url("/phones"), { headers: { Accept: "application/json" } });
    expect(await list.json()).toMatchObject({ phones: [{ number: TO, messages: 1 }], total: 1 });
    expect((await phone("+8613700000000")).messages).toEqual([]);
    expect((await fetch(url("/phones/%3Cscript%3E"))).status).toBe(404);
  });
});

describe("a restart", () => {
  it("loses neither messages nor settings nor receipts that were still to be posted", async () => {
    await control("PUT", "opted-out", { numbers: ["+8613800000009"] });
    receiver().answerWith(500);
    const { sid } = await send({ statusCallback: `${receiver().url}/restart` });
    await until(() => receiver().at("/restart").length > 0);
    await kill();
    receiver().answerWith(200);
    await start();
    await until(async () => (await book()).totals.receipts.posted === 2);
    expect(receiver().at("/restart").at(-1)?.params).toMatchObject({ MessageSid: sid, MessageStatus: "delivered" });
    expect((await phone()).messages).toMatchObject([{ sid }]);
    await expect(send({ to: "+8613800000009" })).rejects.toMatchObject({ code: 21610 });
  });
});
