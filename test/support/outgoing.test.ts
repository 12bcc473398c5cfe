import { afterEach, describe, expect, it, vi } from "vitest";
import { outgoing, resultOf } from "../../src/support/outgoing.ts";

const DEADLINE_MS = 20_000;
const post = { method: "POST", url: "https://api.example.com/send", headers: { "content-type": "text/plain" }, body: "To=1" } as const;

afterEach(() => vi.unstubAllGlobals());

/** Puts a fetch in place and tells what it was called with. */
function stubFetch(answer: (init: RequestInit) => Promise<Response>) {
  const calls: { readonly url: string; readonly init: RequestInit }[] = [];
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    calls.push({ url, init });
    return answer(init);
  });
  return calls;
}

describe("resultOf", () => {
  const none = new Headers();

  it("takes every status below 500 as an answer, with its headers and its whole body", () => {
    const headers = new Headers({ "retry-after": "3" });
    const body = "x".repeat(1000);
    for (const status of [200, 201, 204, 301, 307, 400, 401, 404, 408, 429, 499])
      expect(resultOf(status, headers, body)).toEqual({ kind: "answered", status, headers, body });
  });

  it("takes a 5xx as unclear whatever its body says, since the request may have been carried out", () => {
    for (const status of [500, 501, 502, 503, 504, 520, 522, 524, 527, 599]) {
      expect(resultOf(status, none, '{"status":"rejected"}')).toEqual({
        kind: "unclear",
        code: String(status),
        detail: '{"status":"rejected"}',
      });
    }
  });

  it("takes the statuses by which Cloudflare says that it had no connection as proof that nothing was sent", () => {
    for (const status of [521, 523, 525, 526, 530])
      expect(resultOf(status, none, "error code")).toEqual({ kind: "unreachable", code: String(status), detail: "error code" });
  });

  it("keeps at most 200 characters of a body as detail", () => {
    for (const status of [503, 530]) {
      const result = resultOf(status, none, "长".repeat(500));
      expect(result.kind === "answered" ? "" : result.detail).toBe("长".repeat(200));
    }
  });
});

describe("outgoing", () => {
  it("sends the request as it is, follows no redirect and brings a deadline", async () => {
    const calls = stubFetch(async () => new Response("made", { status: 201, headers: { "x-id": "7" } }));
    const result = await outgoing(post, DEADLINE_MS);

    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ url: post.url, init: { method: "POST", headers: post.headers, body: "To=1", redirect: "manual" } });
    expect(calls[0]?.init.signal).toBeInstanceOf(AbortSignal);
    expect(result).toMatchObject({ kind: "answered", status: 201, body: "made" });
    expect(result.kind === "answered" && result.headers.get("x-id")).toBe("7");
  });

  it("sends no body where there is none", async () => {
    const calls = stubFetch(async () => new Response(null, { status: 204 }));
    await outgoing({ method: "GET", url: post.url, headers: {} }, DEADLINE_MS);
    expect(calls[0]?.init).not.toHaveProperty("body");
  });

  it("hands a redirect on as an answer", async () => {
    stubFetch(async () => new Response(null, { status: 307, headers: { location: "https://elsewhere.example.com" } }));
    expect(await outgoing(post, DEADLINE_MS)).toMatchObject({ kind: "answered", status: 307 });
  });

  it("calls a request unclear whose deadline passed, before the headers or while the body came", async () => {
    const whenAborted = ({ signal }: RequestInit) =>
      new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    stubFetch(whenAborted);
    expect(await outgoing(post, 1)).toMatchObject({ kind: "unclear", code: "timeout" });

    stubFetch(
      async (init) =>
        new Response(new ReadableStream({ start: (body) => void whenAborted(init).catch((reason) => body.error(reason)) }), {
          status: 201,
        }),
    );
    expect(await outgoing(post, 1)).toMatchObject({ kind: "unclear", code: "timeout" });
  });

  it("calls a rejected request unclear, since nothing tells how far it came", async () => {
    stubFetch(() => Promise.reject(new TypeError("Network connection lost.")));
    expect(await outgoing(post, DEADLINE_MS)).toEqual({ kind: "unclear", code: "rejected", detail: "TypeError: Network connection lost." });
  });

  it("calls an answer unclear whose body breaks off", async () => {
    stubFetch(async () => new Response(new ReadableStream({ start: (body) => body.error(new TypeError("terminated")) }), { status: 201 }));
    expect(await outgoing(post, DEADLINE_MS)).toMatchObject({ kind: "unclear", code: "rejected" });
  });
});
