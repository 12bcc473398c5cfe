import * as z from "zod";
import { CHANNELS } from "../vocabulary/classes.ts";
import { answerLines } from "./answer-lines.ts";
import { auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { cursorOf, keyCursor } from "./cursor.ts";
import { problemResponse } from "./problem.ts";
import { parametersOf, parseAs } from "./read-json.ts";
import type { RecipientView } from "./recipient-view.ts";
import { type ShowRecipientsDeps, viewsOf } from "./show-recipients.ts";
import { mayUnmask, unmask } from "./unmask.ts";

const PAGE = 200;
/** Some 100,000 recipients: opening their seals takes an invocation some seconds of its CPU time. */
const PAGES_MAX = 500;

const query = z.strictObject({ unmask, tag: z.string().min(1).max(64).optional(), cursor: keyCursor.optional() });

/**
 * `GET /v1/recipients/export?unmask=&tag=&cursor=`: everyone as NDJSON, read page by page as the answer is taken. In clear each line can be
 * imported again as it is. Where there are more than one answer may hold, its last line is `{"next": cursor}` instead of a recipient.
 */
export async function exportRecipients(request: Request, caller: Caller, deps: ShowRecipientsDeps): Promise<Response> {
  const asked = parseAs(query, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const clear = mayUnmask(caller, asked.value.unmask);
  if (!clear.ok) return problemResponse(clear.problem);
  const { tag, cursor = "" } = asked.value;
  // A tag may be any text, and is not written down.
  const detail = { unmask: clear.value, tagged: tag !== undefined };
  await deps.audit(caller.tenant, [auditEntryOf(caller, "recipients.export", "", detail)]);
  return answerLines(everyone(caller.tenant, tag, cursor, clear.value, deps));
}

async function* everyone(
  tenant: string,
  tag: string | undefined,
  cursor: string,
  clear: boolean,
  deps: ShowRecipientsDeps,
): AsyncGenerator<object> {
  let after: string | undefined = cursor;
  for (let pages = 0; after !== undefined; pages++) {
    if (pages === PAGES_MAX) return yield { next: cursorOf(after) };
    const page = await deps.listCopies(tenant, tag, after, PAGE);
    const views = await viewsOf(page.copies, tenant, clear, deps);
    yield* views.map((view) => ("problem" in view ? view : lineOf(view)));
    after = page.next;
  }
}

/** As an import takes it. */
function lineOf({ id, addresses, revision: _, ...rest }: RecipientView): object {
  const lists = CHANNELS.flatMap((channel) => {
    const list = addresses[channel]?.map(({ address }) => address);
    return list ? [[channel, list.length === 1 ? list[0] : list] as const] : [];
  });
  return { id, addresses: Object.fromEntries(lists), ...rest };
}
