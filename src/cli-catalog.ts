import type { Command } from "commander";
import * as z from "zod";
import { ask, type Connection, legible, print, Refused, RefusedBody } from "./cli-connection.ts";
import { type LoadedCatalog, loadCatalog } from "./cli-files.ts";
import { moreOf, queryOf } from "./cli-pages.ts";
import { placedLine } from "./cli-places.ts";

const published = z.object({ version: z.number(), unchanged: z.boolean().optional() });
const publishOptions = z.object({ note: z.string().optional(), ifMatch: z.string().optional() });
const matchOptions = publishOptions.pick({ ifMatch: true });

/** `If-Match` of a version, given as its number or as its tag. */
function matching(version: string | undefined): Readonly<Record<string, string>> {
  if (version === undefined) return {};
  return { "if-match": /^\d+$/.test(version) ? `"${version}"` : version };
}

/** A refusal in the words of who wrote the files: with file, line and column of each place. */
function placed(error: unknown, { placeOfIssue }: LoadedCatalog): unknown {
  if (!(error instanceof RefusedBody)) return error;
  const places = error.issues.map((issue) => {
    return `\n  ${placedLine({ ...placeOfIssue(issue), ...issue })}`;
  });
  return new Refused(error.summary + places.join(""));
}

/** Sends a catalog of files. */
async function send<Schema extends z.ZodType>(
  as: Connection,
  path: string,
  [method, address]: readonly [string, string],
  schema: Schema,
  headers: Readonly<Record<string, string>> = {},
): Promise<z.infer<Schema>> {
  const loaded = loadCatalog(path);
  const { value } = loaded;
  if (value === null || typeof value !== "object") throw new Refused(`${path} holds no catalog`);
  return ask(as, method, address, schema, value, headers).catch((error: unknown) => {
    throw placed(error, loaded);
  });
}

async function publish(as: Connection, path: string, { note, ifMatch }: z.infer<typeof publishOptions>): Promise<void> {
  const answer = await send(as, path, ["PUT", `/v1/catalog${queryOf({ note })}`], published, matching(ifMatch));
  print(as, answer, inForce(answer));
}

const inForce = ({ version, unchanged }: z.infer<typeof published>): string =>
  unchanged ? `unchanged: version ${version} is in force` : `version ${version} is in force everywhere within 10 s`;

const summary = z.object({
  settings: z.array(z.string()),
  added: z.array(z.string()),
  removed: z.array(z.string()),
  changed: z.array(z.string()),
  counts: z.object({ added: z.number(), removed: z.number(), changed: z.number() }),
});

/** `1 added: order.paid; settings: routes` */
function changesIn({ settings, counts, ...names }: z.infer<typeof summary>): string {
  const parts = (["added", "removed", "changed"] as const).flatMap((kind) => {
    if (counts[kind] === 0) return [];
    const more = counts[kind] > names[kind].length ? ", …" : "";
    return [`${counts[kind]} ${kind}: ${names[kind].join(", ")}${more}`];
  });
  const all = [...parts, ...(settings.length > 0 ? [`settings: ${settings.join(", ")}`] : [])];
  return all.length > 0 ? all.join("; ") : "nothing";
}

const checked = z.object({ valid: z.literal(true), against: z.number().optional(), summary });

async function check(as: Connection, path: string): Promise<void> {
  const answer = await send(as, path, ["POST", "/v1/catalog/check"], checked);
  const against = answer.against === undefined ? "there is none in force" : `against version ${answer.against}`;
  print(as, answer, `it may be published; ${against} it changes ${changesIn(answer.summary)}`);
}

const version = z.object({
  version: z.number(),
  published_at: z.string(),
  published_by: z.string(),
  note: z.string().optional(),
  active: z.boolean(),
  summary: summary.optional(),
});
const versions = z.object({ versions: z.array(version), next: z.string().optional() });
const pageOptions = z.object({ limit: z.string().optional(), cursor: z.string().optional() });

async function listVersions(as: Connection, options: z.infer<typeof pageOptions>): Promise<void> {
  const answer = await ask(as, "GET", `/v1/catalog/versions${queryOf(options)}`, versions);
  const lines = answer.versions.map((one) => {
    const words = [`${one.version}${one.active ? " (in force)" : ""}`, one.published_at, one.published_by];
    return [...words, ...(one.summary ? [changesIn(one.summary)] : []), ...(one.note === undefined ? [] : [one.note])].join("  ");
  });
  print(as, answer, [...lines, ...moreOf(answer)].join("\n") || "nothing was published yet: carillon publish <path> publishes the first");
}

async function activate(as: Connection, number: string, { ifMatch }: z.infer<typeof matchOptions>): Promise<void> {
  if (!/^[1-9]\d*$/.test(number)) throw new Refused(`${number} is no version: carillon catalog versions lists them`);
  const answer = await ask(as, "POST", "/v1/catalog/activate", published, { version: Number(number) }, matching(ifMatch));
  print(as, answer, inForce(answer));
}

async function get(as: Connection, number: string | undefined): Promise<void> {
  const catalog = await ask(as, "GET", `/v1/catalog${queryOf({ version: number })}`, z.looseObject({}));
  process.stdout.write(`${legible(JSON.stringify(catalog, undefined, as.json ? 0 : 2))}\n`);
}

/** What there is to see and do about catalogs. */
export function addCatalog(program: Command, as: () => Connection): void {
  const guarded = (command: Command): Command => command.option("--if-match <version>", "only where this version is in force");
  guarded(program.command("publish <path>"))
    .description("publishes a catalog, a file or a folder as for lint, as a new version; all that is wrong with it is told at once")
    .option("--note <text>", "why; stands in the list of versions")
    .action((path: string, options: unknown) => publish(as(), path, publishOptions.parse(options)));
  const catalog = program.command("catalog").description("looks at catalogs, checks them and puts older ones in force");
  catalog
    .command("versions")
    .description("who published what when, newest first")
    .option("--limit <number>", "from 1 to 100")
    .option("--cursor <cursor>", "goes on where a list ended")
    .action((options: unknown) => listVersions(as(), pageOptions.parse(options)));
  guarded(catalog.command("activate <version>"))
    .description("puts a version in force that was published before")
    .action((number: string, options: unknown) => activate(as(), number, matchOptions.parse(options)));
  catalog
    .command("check <path>")
    .description("what publishing would say and change; nothing is written")
    .action((path: string) => check(as(), path));
  catalog
    .command("get")
    .description("prints the catalog in force as JSON, which publish takes")
    .option("--version <version>", "an older one")
    .action((options: unknown) => get(as(), z.object({ version: z.string().optional() }).parse(options).version));
}
