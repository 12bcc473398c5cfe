import * as z from "zod";
import { closestName } from "../support/closest-name.ts";
import { cut } from "../support/cut.ts";
import { DEPTH_MAX, isDeeperThan } from "../support/depth.ts";
import { issueAt, pointerOf } from "../support/issues.ts";
import type { Caller } from "./authenticate.ts";
import { mergePatch } from "./merge-patch.ts";
import { prepareVersion } from "./prepare-version.ts";
import { type Outcome, problemResponse, wrong } from "./problem.ts";
import { type PublishDeps, publish, publishQuery, standingValue } from "./publish-catalog.ts";
import { parseSingleJson } from "./read-catalog-body.ts";
import { parametersOf, parseAs, readJson } from "./read-json.ts";

/** A notice is a value of D1 at most. */
const PATCH_MAX_BYTES = 2_000_000;

const patchBody = z.unknown().refine((patch) => !isDeeperThan(patch, DEPTH_MAX), `is nested more than ${DEPTH_MAX} levels deep`);

/**
 * `PATCH /v1/catalog/notices/{name}`: one notice changed by a merge patch (RFC 7396), and the catalog, whole, published as a new version.
 * A name that is new makes a notice behind all others, and `null` takes one away. What others change meanwhile is kept.
 */
export async function patchNotice(request: Request, name: string, caller: Caller, deps: PublishDeps): Promise<Response> {
  const query = parseAs(publishQuery, parametersOf(request), "The query");
  if (!query.ok) return problemResponse(query.problem);
  const patch = await readJson(request, patchBody, "The patch", PATCH_MAX_BYTES, parseSingleJson);
  if (!patch.ok) return problemResponse(patch.problem);
  const { tenant } = caller;
  const terms = { note: query.value.note, once: false, detail: { notice: name.slice(0, 128) } };
  const prepare = async (standing: { readonly version: number } | undefined) => {
    const { settings, notices } = await standingValue(tenant, standing?.version, deps);
    const patched = new Map(notices);
    if (patch.value !== null) patched.set(name, mergePatch(patched.get(name), patch.value));
    else if (!patched.delete(name)) {
      const detail = `is null, and the catalog has no notice ${name} to take away${closestName(name, [...notices.keys()])}`;
      return wrong("invalid", "There is nothing to take away.", [issueAt([], detail)]);
    }
    const prepared = await prepareVersion(
      { ...settings, notices: Object.fromEntries(patched) },
      tenant,
      deps,
      "The catalog with this change",
    );
    return notices.has(name) ? prepared : asNew(prepared, name, [...notices.keys()]);
  };
  return publish(request, caller, terms, prepare, deps);
}

/** A patch that lacks what a new notice needs was meant for another. */
function asNew<Value>(prepared: Outcome<Value>, name: string, known: readonly string[]): Outcome<Value> {
  const own = pointerOf(["notices", name]);
  if (prepared.ok || !prepared.problem.errors?.some(({ pointer, detail }) => pointer.startsWith(own) && detail.startsWith("is missing")))
    return prepared;
  const says = `The catalog has no notice ${cut(name, 64)}, and the patch alone makes none${closestName(name, known)}. `;
  return { ok: false, problem: { ...prepared.problem, detail: says + prepared.problem.detail } };
}
