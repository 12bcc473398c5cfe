import { cut } from "./cut.ts";

/** One HTTP request to a carrier; the body is text. */
export interface OutgoingRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * What became of it. `answered`: a status below 500 and a whole body arrived. `unreachable`: proven not sent, since
 * Cloudflare itself says that it had no connection. `unclear`: it may have arrived; a 5xx is unclear whatever its body says.
 */
export type OutgoingResult =
  | { readonly kind: "answered"; readonly status: number; readonly headers: Headers; readonly body: string }
  | { readonly kind: "unreachable"; readonly code: string; readonly detail: string }
  | { readonly kind: "unclear"; readonly code: string; readonly detail: string };

export type Outgoing = (request: OutgoingRequest, deadlineMs: number) => Promise<OutgoingResult>;

/** Statuses that Cloudflare makes when it could not connect (521, 523), agree on TLS (525, 526) or resolve the name (530). 522 is not among them. */
const NEVER_CONNECTED: ReadonlySet<number> = new Set([521, 523, 525, 526, 530]);

/** The one door for HTTP to the outside. The deadline starts here, so call it when a connection is free. */
export const outgoing: Outgoing = async (request, deadlineMs) => {
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: "manual",
      signal: AbortSignal.timeout(deadlineMs),
    });
    return resultOf(response.status, response.headers, await response.text());
  } catch (error) {
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    return { kind: "unclear", code: timedOut ? "timeout" : "rejected", detail: cut(String(error), 200) };
  }
};

/** Sorts an HTTP answer by what it proves. */
export function resultOf(status: number, headers: Headers, body: string): OutgoingResult {
  if (NEVER_CONNECTED.has(status)) return { kind: "unreachable", code: String(status), detail: cut(body, 200) };
  if (status >= 500) return { kind: "unclear", code: String(status), detail: cut(body, 200) };
  return { kind: "answered", status, headers, body };
}
