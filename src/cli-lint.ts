import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import * as z from "zod";
import { Refused } from "./cli-connection.ts";
import { CATALOG_FILE } from "./cli-files.ts";
import type { Finding } from "./cli-findings.ts";
import { placedLine } from "./cli-places.ts";

/** The keys of a line of `--json`, in this order. */
function jsonOf({ file, line, column, severity, pointer, detail }: Finding): string {
  return JSON.stringify({ file, line, column, severity, pointer, detail });
}

function totalsOf(errors: number, advice: number): string {
  return `${errors} ${errors === 1 ? "error" : "errors"}, ${advice} ${advice === 1 ? "piece" : "pieces"} of advice`;
}

const options = z.object({
  tenant: z
    .string()
    .regex(/^[a-z0-9]{2,32}$/)
    .optional(),
  carrierHost: z.array(z.string()).optional(),
  strict: z.boolean().optional(),
  json: z.boolean().optional(),
});

async function lint(path: string, given: z.infer<typeof options>): Promise<void> {
  // The checks are half of the router; other commands start without them.
  const { lintCatalog } = await import("./cli-findings.ts");
  const carrierHosts = (given.carrierHost ?? []).flatMap((host) => host.split(",")).map((host) => host.trim());
  const found = lintCatalog(path, { tenant: given.tenant, carrierHosts: carrierHosts.filter(Boolean) });
  const errors = found.filter(({ severity }) => severity === "error").length;
  const advice = found.length - errors;
  const lines = given.json ? found.map(jsonOf) : [...found.map((one) => placedLine(one, one.severity)), totalsOf(errors, advice)];
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  if (errors > 0 || (given.strict && advice > 0)) process.exitCode = 1;
}

const HELP = `
A catalog is one YAML or JSON file, or a folder with ${CATALOG_FILE} and beside it, where there are any,
  notices/*.yaml                                          each a map of notices
  templates/<notice>/<channel>/<locale>.liquid            a text; of a series templates/<notice>/<template>/<channel>/…
  templates/<notice>/<channel>/<locale>.<leaf>.liquid     another text of the same words: short, subject, html, title, …
Names of folders and files are percent-encoded. A ${CATALOG_FILE} given by its path takes them too, a file of another name does not.

Secrets count as set. Hosts besides the vendors' own must be named, as the deployment's CARRIER_HOSTS names them.
Exit code 1: there are errors, or, with --strict, advice.`;

/** `carillon lint`: looks a catalog over without a router. */
export function addLint(program: Command): void {
  program
    .command("lint [path]")
    .description("looks a catalog over, offline: all that publishing would refuse, with file, line and column, and advice")
    .option("--tenant <id>", "whose catalog it is; default: as its secrets' names say")
    .addOption(
      new Option("--carrier-host <origin>", "an origin that a base_url may have; may be repeated")
        .env("CARRIER_HOSTS")
        .argParser((origin: string, before: readonly string[] = []) => [...before, origin]),
    )
    .option("--strict", "advice fails too")
    .addHelpText("after", HELP)
    .action((path: string | undefined, _: unknown, command: Command) => {
      const parsed = options.safeParse(command.optsWithGlobals());
      if (!parsed.success) throw new Refused("--tenant must be 2 to 32 characters of a-z and 0-9");
      return lint(path ?? (existsSync(CATALOG_FILE) ? CATALOG_FILE : "."), parsed.data);
    });
}
