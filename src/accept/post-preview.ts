import * as z from "zod";
import type { WantedNotices } from "../store/catalog-index.ts";
import type { ActiveCatalog } from "../store/compiled-catalog.ts";
import type { Issue } from "../support/issues.ts";
import { catalog } from "../vocabulary/catalog.ts";
import type { Caller } from "./authenticate.ts";
import type { CarrierDeps } from "./check-carriers.ts";
import { checkCatalog } from "./check-catalog.ts";
import { type PreviewAnswer, previewQuestion } from "./preview.ts";
import { unknownNotice } from "./preview-question.ts";
import { previewWords } from "./preview-words.ts";
import { invalidIn, problemResponse } from "./problem.ts";
import { readJson } from "./read-json.ts";

/** A question beside a draft of some hundred notices; of larger ones publish, or send the notice in question and what it needs. */
const PREVIEW_MAX_BYTES = 1280 * 1024;

/** Body of `POST /v1/templates/preview`: a question, and a draft; without one the catalog in force is asked. */
const question = z.strictObject({ ...previewQuestion.shape, catalog: catalog.optional() });

export interface PreviewDeps extends CarrierDeps {
  readonly now: () => number;
  readonly activeCatalog: (tenant: string, wanted: WantedNotices) => Promise<ActiveCatalog | undefined>;
}

/** `POST /v1/templates/preview`: the words as people would read them. Nothing is written and nothing is sent. */
export async function postPreview(request: Request, { tenant }: Caller, deps: PreviewDeps): Promise<Response> {
  const body = await readJson(request, question, "The question", PREVIEW_MAX_BYTES);
  if (!body.ok) return problemResponse(body.problem);
  const { catalog: draft, ...asked } = body.value;
  const active = draft ? undefined : await deps.activeCatalog(tenant, { names: [asked.notice] });
  const tried = draft ?? active?.catalog;
  if (!tried) return invalid([{ pointer: "/catalog", detail: "is missing, and the tenant has none in force" }]);
  const unfit = draft ? checkCatalog(draft, tenant, deps) : [];
  if (unfit.length > 0) return invalid(unfit.map(({ pointer, detail }) => ({ pointer: `/catalog${pointer}`, detail })));
  if (active && !active.index.names.has(asked.notice)) return invalid([unknownNotice([...active.index.names.keys()], asked.notice)]);
  const words = previewWords(tried, asked, deps.now());
  if (words.kind === "invalid") return invalid(words.issues);
  const version = active ? { version: active.version } : {};
  return Response.json({ notice: asked.notice, ...version, previews: [...words.previews] } satisfies PreviewAnswer);
}

function invalid(errors: readonly Issue[]): Response {
  return problemResponse(invalidIn("The question", errors, "; see errors for where and why.").problem);
}
