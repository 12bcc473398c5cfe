import { type Rejected, wrong } from "./problem.ts";

/** A version as an entity tag (RFC 9110, 8.8.3). */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** The tags of `If-Match` or `If-None-Match`. */
function tagsIn(header: string): readonly string[] {
  return header.split(",").map((tag) => tag.trim());
}

/**
 * What keeps a change from being made: `If-Match` names another version than the one in force (RFC 9110, 13.1.1: weak tags never match).
 * Without the header nothing does.
 */
export function unmatched(request: Request, version: number | undefined): Rejected | undefined {
  const header = request.headers.get("if-match");
  if (header === null) return undefined;
  const tags = tagsIn(header);
  if (version !== undefined && (tags.includes("*") || tags.includes(etagOf(version)))) return undefined;
  const now = version === undefined ? "The tenant has no catalog yet" : `Version ${version} is in force`;
  return wrong(
    "precondition-failed",
    `${now}, and If-Match is ${header.slice(0, 64)}. Get the catalog, make the change in it and send it again.`,
  );
}

/** Whether the caller has this version already. */
export function isKnown(request: Request, version: number): boolean {
  const header = request.headers.get("if-none-match");
  if (header === null) return false;
  return tagsIn(header).some((tag) => tag === "*" || tag.replace(/^W\//, "") === etagOf(version));
}
