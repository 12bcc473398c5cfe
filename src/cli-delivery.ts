import type { Command } from "commander";
import * as z from "zod";
import { ask, type Connection, print, putBack, Refused } from "./cli-connection.ts";
import { moreOf, pagesOf, queryOf } from "./cli-pages.ts";

const unavailable = z.object({ unavailable: z.string() });
const shownCarriers = z.object({
  carriers: z.array(
    z.looseObject({
      name: z.string(),
      adapter: z.string(),
      secrets: z.record(z.string(), z.enum(["set", "missing"])),
      paused: z.boolean(),
      gate: z.union([unavailable, z.looseObject({ breaker: z.string(), cause: z.string().optional() })]),
      balance: z.union([unavailable, z.looseObject({ amount: z.string(), unit: z.string() })]).optional(),
    }),
  ),
});

async function showCarriers(as: Connection): Promise<void> {
  const answer = await ask(as, "GET", "/v1/carriers", shownCarriers);
  const lines = answer.carriers.map(({ name, adapter, secrets, paused: held, gate, balance }) =>
    [
      `${name} (${adapter})`,
      "breaker" in gate ? `breaker ${gate.breaker}${gate.cause === undefined ? "" : ` because of ${gate.cause}`}` : "health unavailable",
      ...(balance === undefined ? [] : ["amount" in balance ? `balance ${balance.amount} ${balance.unit}` : "balance unavailable"]),
      ...(held ? ["paused"] : []),
      ...Object.entries(secrets).flatMap(([key, state]) => (state === "missing" ? [`secret ${key} is missing`] : [])),
    ].join(", "),
  );
  print(as, answer, lines.length === 0 ? "the catalog has no carriers" : lines.join("\n"));
}

const tested = z.looseObject({ answer: z.looseObject({ kind: z.string() }), took_ms: z.number() });
const testOptions = z.object({ to: z.string(), text: z.string(), channel: z.string().optional(), template: z.string().optional() });
type TestOptions = z.infer<typeof testOptions>;

async function testCarrier(as: Connection, name: string, { template, ...message }: TestOptions): Promise<void> {
  const body = { ...message, ...(template === undefined ? {} : { template: jsonOf(template, "--template") }) };
  const answer = await ask(as, "POST", `/v1/carriers/${encodeURIComponent(name)}/test`, tested, body);
  print(as, answer, `${answer.answer.kind} after ${answer.took_ms} ms\n${JSON.stringify(answer, undefined, 2)}`);
}

function jsonOf(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(`${what} must be JSON, such as '{"code": "SMS_154950909", "params": {"code": "1234"}}'`);
  }
}

const deadLetters = z.object({
  dead_letters: z.array(
    z.looseObject({
      id: z.string(),
      at: z.string(),
      reason: z.string(),
      notice: z.string().optional(),
      carrier: z.string().optional(),
      code: z.string().optional(),
    }),
  ),
  next: z.string().optional(),
});
const option = z.string().optional();
/** Which letters are meant. */
const filter = z.object({ notice: option, class: option, reason: option, carrier: option, from: option, to: option });
const listOptions = z.object({ ...filter.shape, replayed: z.literal(true).optional(), cursor: option });
type ListOptions = z.infer<typeof listOptions>;
const replayOptions = z.object({ ...filter.shape, all: z.boolean().optional() });
type ReplayOptions = z.infer<typeof replayOptions>;

async function listDeadLetters(as: Connection, options: ListOptions): Promise<void> {
  const answer = await ask(as, "GET", `/v1/dead-letters${queryOf(options)}`, deadLetters);
  const lines = answer.dead_letters.map(({ id, at, reason, notice, carrier, code }) =>
    [id, at, reason, notice, carrier, code].filter((word) => word !== undefined).join("  "),
  );
  print(as, answer, [...lines, ...moreOf(answer)].join("\n") || "there are no dead letters");
}

const replayed = z.object({
  queued: z.number(),
  results: z.array(z.object({ id: z.string(), result: z.string(), state: z.string().optional() })),
  next: z.string().optional(),
});

async function replay(as: Connection, ids: readonly string[], { all, ...options }: ReplayOptions): Promise<void> {
  const wanted = filter.parse(options);
  const named = Object.values(wanted).some((value) => value !== undefined) || all === true;
  if (ids.length > 0 === named) throw new Refused("name messages by their ids, or by a filter, or all of them by --all");
  const sum: { queued: number; results: z.infer<typeof replayed>["results"] } = { queued: 0, results: [] };
  const read = (cursor: string | undefined) =>
    ask(as, "POST", "/v1/dead-letters/replay", replayed, ids.length > 0 ? { ids } : { filter: wanted, cursor });
  for await (const page of pagesOf(read)) {
    sum.queued += page.queued;
    sum.results.push(...page.results);
  }
  const left = sum.results.filter(({ result }) => result !== "queued");
  const lines = left.map(({ id, result, state }) => `\n  ${id} ${result}${state === undefined ? "" : `, it is ${state}`}`);
  print(as, sum, `${putBack(sum.queued)}${lines.join("")}`);
}

/** What there is to see and do about carriers. */
export function addCarriers(program: Command, as: () => Connection): void {
  const carriers = program
    .command("carriers")
    .description("shows carriers: health, balance, what is missing")
    .action(() => showCarriers(as()));
  carriers
    .command("test <name>")
    .description("sends ONE REAL message through a carrier and shows the call and its answer, secrets masked")
    .requiredOption("--to <number>", "who gets it")
    .requiredOption("--text <text>", "what it says")
    .option("--channel <channel>", "sms where it is left out")
    .option("--template <json>", "for carriers that send approved templates: code, params, sign_name")
    .action((name: string, options: unknown) => testCarrier(as(), name, testOptions.parse(options)));
}

/** What there is to see and do about messages that gave up. */
export function addDeadLetters(program: Command, as: () => Connection): void {
  const filtered = (command: Command): Command =>
    command
      .option("--notice <name>", "of this notice")
      .option("--class <class>", "of this class")
      .option("--reason <reason>", "failed, expired, faults or unreadable")
      .option("--carrier <name>", "of this carrier")
      .option("--from <instant>", "from then on")
      .option("--to <instant>", "until then");
  const letters = filtered(program.command("dead-letters"))
    .description("shows messages that gave up, newest first")
    .option("--replayed", "those that were replayed")
    .option("--cursor <cursor>", "goes on where a list ended")
    .action((options: unknown) => listDeadLetters(as(), listOptions.parse(options)));
  filtered(letters.command("replay [ids...]"))
    .description("has messages sent after all that gave up: by their ids, or by a filter")
    .option("--all", "all of them")
    .action((ids: readonly string[], _: unknown, command: Command) => replay(as(), ids, replayOptions.parse(command.optsWithGlobals())));
}
