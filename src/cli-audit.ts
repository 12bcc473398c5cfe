import type { Command } from "commander";
import * as z from "zod";
import { ask, type Connection, print, Refused } from "./cli-connection.ts";
import { moreOf, pagesOf, queryOf } from "./cli-pages.ts";

const audit = z.object({
  audit: z.array(
    z.looseObject({
      seq: z.number(),
      at: z.string(),
      actor: z.string(),
      action: z.string(),
      target: z.string(),
      detail: z.unknown(),
    }),
  ),
  next: z.string().optional(),
});
const option = z.string().optional();
const listOptions = z.object({
  actor: option,
  action: option,
  target: option,
  recipient: option,
  from: option,
  to: option,
  limit: option,
  cursor: option,
});

async function listAudit(as: Connection, options: z.infer<typeof listOptions>): Promise<void> {
  const answer = await ask(as, "GET", `/v1/audit${queryOf(options)}`, audit);
  const lines = answer.audit.map(({ seq, at, actor, action, target, detail }) =>
    [seq, at, actor, action, target, JSON.stringify(detail)].filter((word) => word !== "" && word !== "{}").join("  "),
  );
  print(as, answer, [...lines, ...moreOf(answer)].join("\n") || "nothing of the kind was done");
}

const head = z.object({ seq: z.number(), hash: z.string() });
const verified = z.union([
  z.object({ ok: z.literal(true), rows: z.number(), through: z.number(), head, next: z.number().optional() }),
  z.object({ ok: z.literal(false), at: z.number(), what: z.string(), detail: z.string() }),
]);
const verifyOptions = z.object({ expect: option });

/** Walks the whole chain. A head that was noted earlier is looked for by each page, so none of them can be spared it. */
async function verifyAudit(as: Connection, { expect: noted }: z.infer<typeof verifyOptions>): Promise<void> {
  const expected = noted === undefined ? {} : { expect: headOf(noted) };
  let rows = 0;
  const read = (after = 0): Promise<z.infer<typeof verified> & { readonly next?: number | undefined }> =>
    ask(as, "POST", "/v1/audit/verify", verified, { after, ...expected });
  for await (const page of pagesOf(read)) {
    if (!page.ok) {
      print(as, page, `the chain is broken at ${page.at} (${page.what}): ${page.detail}`);
      process.exitCode = 2;
      return;
    }
    rows += page.rows;
    const words = `${rows === 1 ? "1 row follows" : `${rows} rows follow`} one another as written; keep the head ${page.head.seq}:${page.head.hash} elsewhere`;
    if (page.next === undefined) print(as, { ok: true, rows, head: page.head }, words);
  }
}

function headOf(text: string): z.infer<typeof head> {
  const [, seq, hash] = text.match(/^(\d{1,15}):(\S*)$/) ?? [];
  if (seq === undefined || hash === undefined) throw new Refused("--expect must be a head as verify prints it, such as 118:Jx2…");
  return { seq: Number(seq), hash };
}

/** Who did what, and whether that is still so. */
export function addAudit(program: Command, as: () => Connection): void {
  const command = program
    .command("audit")
    .description("shows who did what to which thing when, newest first")
    .option("--actor <actor>", "by this one: key:<id>, root or carillon")
    .option("--action <action>", "of this kind, such as pause.set")
    .option("--target <target>", "to this thing")
    .option("--recipient <id>", "to this person, messages included")
    .option("--from <instant>", "from then on")
    .option("--to <instant>", "until then")
    .option("--limit <count>", "so many, at most 100")
    .option("--cursor <cursor>", "goes on where a list ended")
    .action((options: unknown) => listAudit(as(), listOptions.parse(options)));
  command
    .command("verify")
    .description("walks the audit's chain and says whether a row was changed, removed or moved; ends with 2 where one was")
    .option("--expect <seq:hash>", "a head that was noted earlier and must still be in it")
    .action((options: unknown) => verifyAudit(as(), verifyOptions.parse(options)));
}
