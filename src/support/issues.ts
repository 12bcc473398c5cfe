import * as z from "zod";
import { schemaWords, UNLIKE_ALL } from "./schema-words.ts";

/** One thing that is wrong with an input: where, as a JSON pointer (RFC 6901), and what, in words that help to mend it. */
export interface Issue {
  readonly pointer: string;
  readonly detail: string;
  /** Of a text with several lines, where in it, both from 1: for those who have the text before them, and not told over the wire. */
  readonly at?: { readonly line: number; readonly column: number };
}

// What a schema says itself comes before.
z.config({ localeError: schemaWords });

/** A JSON pointer to a path; the empty pointer is the whole. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The path that a JSON pointer names. */
export function pathOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function issueAt(path: readonly PropertyKey[], detail: string): Issue {
  return { pointer: pointerOf(path), detail };
}

/** All that a schema found, each with its pointer. A key that is not known is named itself, not only its parent. */
export function issuesOf(error: z.ZodError, at: readonly PropertyKey[] = []): Issue[] {
  return error.issues.flatMap((issue) => flatten(issue, at));
}

function flatten(issue: z.core.$ZodIssue, at: readonly PropertyKey[]): Issue[] {
  const path = [...at, ...issue.path];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => issueAt([...path, key], "is not known here; remove it or check its spelling"));
    case "invalid_key":
      return issue.issues.map((inner) => issueAt(path, `as a name: ${inner.message}`));
    case "invalid_union": {
      const branch = [...issue.errors].sort((a, b) => depthOf(b) - depthOf(a) || a.length - b.length)[0];
      if (branch && depthOf(branch) > 0) return branch.flatMap((inner) => flatten(inner, path));
      return [issueAt(path, wordsOf(issue))];
    }
    default:
      return [issueAt(path, issue.message)];
  }
}

/** The branch of a union that was meant is the one that got farthest. */
function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

const WANTED = "; must be ";

/** A value of a form that was meant is told what ails it, another the forms that there are: the union's own words, where it has some. */
function wordsOf({ errors, message }: z.core.$ZodIssueInvalidUnion): string {
  const ailing = errors.filter((inner) => !inner.some(({ code }) => code === "invalid_type" || code === "invalid_value"));
  if (ailing.length === 1) return (ailing[0] ?? []).map((inner) => inner.message).join(", ");
  if (message !== UNLIKE_ALL) return message;
  const found = [...new Set(errors.flat().map((inner) => inner.message))];
  const [is = "", ...wanted] = found.flatMap((words, at) => words.split(WANTED).slice(at === 0 ? 0 : 1));
  if (found.every((words) => words.startsWith(is + WANTED))) return is + WANTED + wanted.join(" or ");
  return found.join(", or ") || message;
}
