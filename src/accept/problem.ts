import type { Issue } from "../support/issues.ts";

/** What can be wrong with a request, by name, with its HTTP status and title (RFC 9457). */
const KINDS = {
  "bad-json": [400, "The body is not JSON"],
  "bad-yaml": [400, "The body is not YAML"],
  unauthorized: [401, "A valid key is needed"],
  forbidden: [403, "The key may not do this"],
  "not-found": [404, "There is nothing here"],
  "method-not-allowed": [405, "This address does not take this method"],
  conflict: [409, "It exists already"],
  unusable: [409, "It cannot be used now"],
  unreadable: [409, "It cannot be opened"],
  full: [409, "There is no room for more"],
  needed: [409, "It is still needed"],
  "precondition-failed": [412, "It has changed since"],
  "too-large": [413, "It is too large"],
  "unsupported-media-type": [415, "This content type is not taken"],
  invalid: [422, "Something in it is not valid"],
  "unknown-type": [422, "No notice is for this event type"],
  "changed-event": [422, "The same event was posted before with another body"],
  "too-many-requests": [429, "Too many requests"],
  unavailable: [503, "Try again in a moment"],
} as const satisfies Record<string, readonly [number, string]>;
export type ProblemKind = keyof typeof KINDS;

/** A problem as the outside sees it (application/problem+json, RFC 9457), with a JSON pointer for each thing that is wrong. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly Issue[];
  /** Seconds after which it may be asked again; the header Retry-After says so too. */
  readonly retry_after?: number;
}

export function problemOf(kind: ProblemKind, detail: string, errors?: readonly Issue[]): Problem {
  const [status, title] = KINDS[kind];
  return {
    type: `urn:carillon:problem:${kind}`,
    title,
    status,
    detail,
    ...(errors ? { errors: errors.map(({ pointer, detail: what }) => ({ pointer, detail: what })) } : {}),
  };
}

/** A value, or the problem that stands in its place. */
export type Outcome<Value> = { readonly ok: true; readonly value: Value } | Rejected;
export interface Rejected {
  readonly ok: false;
  readonly problem: Problem;
}

export function fine<Value>(value: Value): Outcome<Value> {
  return { ok: true, value };
}

export function wrong(kind: ProblemKind, detail: string, errors?: readonly Issue[]): Rejected {
  return { ok: false, problem: problemOf(kind, detail, errors) };
}

/** What has something wrong in these places; `more` ends the sentence. */
export function invalidIn(what: string, issues: readonly Issue[], more = "."): Rejected {
  const places = `${issues.length} ${issues.length === 1 ? "place" : "places"}`;
  return wrong("invalid", `${what} is not valid in ${places}${more}`, issues);
}

const AGAIN_SECONDS = 2;

/** The answer that carries a problem; one that passes says when to ask again. */
export function problemResponse(problem: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  const again = problem.retry_after ?? (problem.status === 503 ? AGAIN_SECONDS : undefined);
  return Response.json(problem, {
    status: problem.status,
    headers: {
      ...(again === undefined ? {} : { "retry-after": String(again) }),
      ...headers,
      "content-type": "application/problem+json; charset=utf-8",
    },
  });
}
