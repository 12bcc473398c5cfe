import { CloudEvent, HTTP } from "cloudevents";
import { describe, expect, it } from "vitest";
import { readEvents } from "../../src/accept/read-events.ts";
import { REQUEST_MAX_BYTES } from "../../src/accept/read-json.ts";

const EVENT = { specversion: "1.0", id: "e1", source: "/shop", type: "order.paid", data: { amount: 1 } };

function post(body: BodyInit | null, type?: string, headers: Record<string, string> = {}): Request {
  return new Request("https://carillon.example/v1/events", {
    method: "POST",
    body,
    headers: { ...(type === undefined ? {} : { "content-type": type }), ...headers },
    ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
  });
}

/** A body without a content-length, a chunk at a time. */
function streamed(chunk: Uint8Array, times: number): ReadableStream<Uint8Array> {
  let left = times;
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(chunk);
      else controller.close();
    },
  });
}

async function read(request: Request) {
  const posted = await readEvents(request);
  if (!posted.ok) throw new Error(posted.problem.detail);
  return { batch: posted.value.batch, events: posted.value.events.map(({ event }) => event) };
}

async function problemOf(request: Request) {
  const posted = await readEvents(request);
  return posted.ok ? undefined : posted.problem;
}

describe("readEvents", () => {
  it("reads one event in structured mode and as plain JSON, whatever parameters the content type has", async () => {
    for (const type of [
      "application/cloudevents+json",
      "application/cloudevents+json; charset=UTF-8",
      "Application/JSON",
      "application/json;x=y",
    ]) {
      expect(await read(post(JSON.stringify(EVENT), type))).toEqual({ batch: false, events: [EVENT] });
    }
    expect(await read(post(new TextEncoder().encode(JSON.stringify(EVENT))))).toEqual({ batch: false, events: [EVENT] });
  });

  it("reads what the official client makes, in structured and in binary mode", async () => {
    const event = new CloudEvent({ ...EVENT, time: "2026-03-01T00:00:00.000Z", region: "eu" });
    for (const message of [HTTP.structured(event), HTTP.binary(event)]) {
      const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
      const { events } = await read(post(String(message.body), undefined, headers));
      expect(events).toEqual([expect.objectContaining({ ...EVENT, region: "eu" })]);
    }
  });

  it("reads binary mode: attributes from ce- headers, percent-decoded, and the body as data", async () => {
    const headers = {
      "ce-specversion": "1.0",
      "ce-id": "e%201",
      "ce-source": "/%E5%95%86%E5%9F%8E",
      "ce-type": '"order.paid"',
      "ce-region": "100%",
    };
    expect(await read(post('{"amount":1}', "application/json", headers))).toEqual({
      batch: false,
      events: [
        {
          specversion: "1.0",
          id: "e 1",
          source: "/商城",
          type: "order.paid",
          region: "100%",
          datacontenttype: "application/json",
          data: { amount: 1 },
        },
      ],
    });
  });

  it("takes any JSON as data in binary mode, and an empty body as none", async () => {
    const headers = { "ce-id": "e1" };
    expect((await read(post("[1]", "application/vnd.shop+json", headers))).events).toEqual([
      { id: "e1", datacontenttype: "application/json", data: [1] },
    ]);
    expect((await read(post(null, undefined, headers))).events).toEqual([{ id: "e1", datacontenttype: "application/json" }]);
  });

  it("lets the content type tell the mode where ce- headers repeat the attributes of a structured event", async () => {
    const headers = { "ce-specversion": "1.0", "ce-id": "e1", "ce-type": "order.paid", "ce-source": "/shop" };
    expect(await read(post(JSON.stringify(EVENT), "application/cloudevents+json", headers))).toEqual({ batch: false, events: [EVENT] });
    expect(await read(post(JSON.stringify([EVENT]), "application/cloudevents-batch+json", headers))).toEqual({
      batch: true,
      events: [EVENT],
    });
  });

  it("reads a batch by its content type and a plain array alike", async () => {
    for (const type of ["application/cloudevents-batch+json", "application/json"]) {
      expect(await read(post(JSON.stringify([EVENT, 5]), type))).toEqual({ batch: true, events: [EVENT, 5] });
    }
  });

  it("counts an event's size in bytes of UTF-8", async () => {
    const posted = await readEvents(post('[{"id":"商"},{"id":"x"}]', "application/json"));
    expect(posted.ok && posted.value.events.map(({ bytes }) => bytes)).toEqual([12, 10]);
  });

  it("skips a byte order mark", async () => {
    expect((await read(post(`\uFEFF${JSON.stringify(EVENT)}`, "application/json"))).events).toEqual([EVENT]);
  });

  it("refuses other content types by 415", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/cloudevents+xml", "application/ld+json"])
      expect(await problemOf(post("{}", type))).toMatchObject({ status: 415, detail: expect.stringContaining(type) });
    expect(await problemOf(post("<a/>", "text/xml", { "ce-id": "e1" }))).toMatchObject({ status: 415 });
  });

  it("refuses a form that is not that of the content type", async () => {
    expect(await problemOf(post("{}", "application/cloudevents-batch+json"))).toMatchObject({ status: 422, errors: [{ pointer: "" }] });
    expect(await problemOf(post("[{}]", "application/cloudevents+json"))).toMatchObject({ status: 422, errors: [{ pointer: "" }] });
  });

  it("refuses an empty batch by 422 and takes 100 events, not 101", async () => {
    expect(await problemOf(post("[]", "application/json"))).toMatchObject({ status: 422, errors: [{ pointer: "" }] });
    expect((await read(post(JSON.stringify(Array(100).fill(EVENT)), "application/json"))).events).toHaveLength(100);
    expect(await problemOf(post(JSON.stringify(Array(101).fill(EVENT)), "application/json"))).toMatchObject({ status: 413 });
  });

  it("refuses what is not JSON by 400, in every mode", async () => {
    for (const body of ["", "{", "undefined", "{'a':1}"])
      expect(await problemOf(post(body, "application/json"))).toMatchObject({ status: 400 });
    expect(await problemOf(post("{", "application/json", { "ce-id": "e1" }))).toMatchObject({ status: 400 });
  });

  it("refuses a body that is not UTF-8", async () => {
    expect(await problemOf(post(new Uint8Array([0x22, 0xb5, 0xd8, 0x22]), "application/json"))).toMatchObject({
      status: 400,
      detail: expect.stringContaining("UTF-8"),
    });
  });

  it("refuses a body above 256 KB whether or not its length is declared, and takes one that fills the limit", async () => {
    const full = `"${"x".repeat(REQUEST_MAX_BYTES - 2)}"`;
    expect((await read(post(full, "application/json"))).events).toHaveLength(1);
    expect(await problemOf(post(`${full} `, "application/json"))).toMatchObject({ status: 413 });
    const chunk = new TextEncoder().encode("x".repeat(1024));
    for (const declared of [{}, { "content-length": String(257 * 1024) }])
      expect(await problemOf(post(streamed(chunk, 257), "application/json", declared))).toMatchObject({ status: 413 });
  });

  it("reads what is too large to its end, so that its refusal is heard, and stops where there is none", async () => {
    const chunk = new Uint8Array(64 * 1024);
    const times = 95 * 16;
    for (const declared of [{}, { "content-length": String(times * chunk.byteLength) }]) {
      const request = post(streamed(chunk, times), "application/json", declared);
      expect(await problemOf(request)).toMatchObject({ status: 413 });
      expect(await request.body?.getReader().read()).toEqual({ done: true, value: undefined });
    }
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled++;
        controller.enqueue(chunk);
      },
    });
    expect(await problemOf(post(endless, "application/json"))).toMatchObject({ status: 413 });
    expect(pulled).toBeLessThan(1_700);
  });

  it("reads an event that is nested beyond what can be written again, so that it alone is refused", async () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect((await read(post(`[{"id":"e1","data":${deep}},{"id":"e2"}]`, "application/json"))).events).toHaveLength(2);
    expect((await read(post(deep, "application/json", { "ce-id": "e1" }))).events).toHaveLength(1);
  });
});
