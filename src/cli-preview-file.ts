import type { PreviewAnswer, PreviewQuestion } from "./accept/preview.ts";
import { previewWords } from "./accept/preview-words.ts";
import { readWords } from "./accept/read-words.ts";
import { Refused } from "./cli-connection.ts";
import { type LoadedCatalog, loadCatalog } from "./cli-files.ts";
import { placedLine } from "./cli-places.ts";
import { clock } from "./support/clock.ts";
import { type Issue, issuesOf } from "./support/issues.ts";
import { type Catalog, catalog as catalogShape } from "./vocabulary/catalog.ts";

/**
 * The same words as the router would show, or what is wrong with the question. Only what is needed to read them is checked;
 * `carillon lint` checks the rest.
 */
export function previewFile(
  path: string,
  question: PreviewQuestion,
): { readonly answer?: PreviewAnswer; readonly issues: readonly Issue[] } {
  const loaded = loadCatalog(path);
  const parsed = catalogShape.safeParse(loaded.value);
  if (!parsed.success) throw new Refused(placed(loaded, issuesOf(parsed.error)));
  const unread = wordsIssues(parsed.data, question.notice);
  if (unread.length > 0) throw new Refused(placed(loaded, unread));
  const words = previewWords(parsed.data, question, clock());
  if (words.kind === "invalid") return { issues: words.issues };
  return { answer: { notice: question.notice, previews: [...words.previews] }, issues: [] };
}

/** Words of a form that no text can be made of. */
function wordsIssues({ notices }: Catalog, name: string): readonly Issue[] {
  const notice = Object.hasOwn(notices, name) ? notices[name] : undefined;
  return notice ? readWords(notice, ["notices", name, "templates"]).flatMap(({ issues }) => issues) : [];
}

function placed(loaded: LoadedCatalog, issues: readonly Issue[]): string {
  return issues.map((issue) => placedLine({ ...loaded.placeOfIssue(issue), ...issue })).join("\n");
}
