import { Command, CommanderError, Option } from "commander";
import { type Connection, connection, legible, Refused } from "./cli-connection.ts";

/** Adds commands of one kind to the program. */
type Add = (program: Command, as: () => Connection) => void;

/**
 * What there is, in the order of the help. Starting is what a short command mostly does, so each brings what it needs only when its name
 * is among the words given.
 */
const COMMANDS: readonly (readonly [names: readonly string[], load: () => Promise<Add>])[] = [
  [["recover"], async () => (await import("./cli-recover.ts")).addRecover],
  [["publish", "catalog"], async () => (await import("./cli-catalog.ts")).addCatalog],
  [["lint"], async () => (await import("./cli-lint.ts")).addLint],
  [["pauses", "pause", "resume"], async () => (await import("./cli-pauses.ts")).addPauses],
  [["carriers"], async () => (await import("./cli-delivery.ts")).addCarriers],
  [["dead-letters"], async () => (await import("./cli-delivery.ts")).addDeadLetters],
  [["recipients"], async () => (await import("./cli-recipients.ts")).addRecipients],
  [["audit"], async () => (await import("./cli-audit.ts")).addAudit],
  [["keys"], async () => (await import("./cli-keys.ts")).addKeys],
  [["topics"], async () => (await import("./cli-topics.ts")).addTopics],
  [["sealing"], async () => (await import("./cli-sealing.ts")).addSealing],
  [["preferences"], async () => (await import("./cli-preferences.ts")).addPreferences],
  [["blocks"], async () => (await import("./cli-blocks.ts")).addBlocks],
  [["segments"], async () => (await import("./cli-segments.ts")).addSegments],
  [["render"], async () => (await import("./cli-render.ts")).addRender],
];

/** The program with every command that may be meant: those whose names were given anywhere, or all where none was, as for help. */
async function programFor(args: readonly string[]): Promise<Command> {
  const program = new Command("carillon")
    .description("Speaks to a Carillon router.")
    .exitOverride()
    .addOption(new Option("--url <address>", "address of the router").env("CARILLON_URL").default("http://127.0.0.1:8787"))
    .addOption(new Option("--key <key>", "an admin key of the tenant").env("CARILLON_KEY"))
    .option("--json", "print one JSON object instead of words")
    .showHelpAfterError("(carillon --help says what there is)");
  const as = (): Connection => {
    const parsed = connection.safeParse(program.opts());
    if (parsed.success) return parsed.data;
    throw new Refused("--url or CARILLON_URL must be an address such as https://carillon.example.com");
  };
  const named = COMMANDS.filter(([names]) => names.some((name) => args.includes(name)));
  const adds = await Promise.all((named.length > 0 ? named : COMMANDS).map(([, load]) => load()));
  for (const add of adds) add(program, as);
  return program.addHelpText("after", "\nExamples:\n  CARILLON_KEY=ck_… carillon recover\n  carillon --key ck_… pause lane=marketing");
}

/** Runs what the words after the program's name say. What is refused goes to stderr and makes the exit code, and nothing is thrown. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  try {
    await (await programFor(args)).parseAsync(args, { from: "user" });
  } catch (error) {
    // Commander has printed what it has to say, be it help.
    if (!(error instanceof CommanderError)) process.stderr.write(legible(`${error instanceof Error ? error.message : String(error)}\n`));
    process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
  }
}
