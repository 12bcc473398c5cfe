import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { rulebookOf } from "./accept/rulebook.ts";
import { type SimulatedTopics, Simulation } from "./accept/simulate.ts";
import { type Read, readSimulatedLine, readSimulatedRecipient, simulatedTopics } from "./accept/simulation-input.ts";
import { BadCatalogFiles, type LoadedCatalog, loadCatalog } from "./cli-files.ts";
import { issuesOf } from "./support/issues.ts";
import { type Catalog, catalog } from "./vocabulary/catalog.ts";

const USAGE = "usage: npm run --silent simulate -- --catalog C.yaml --recipients R.ndjson --events E.ndjson [--topics T.json]";

/** A file that cannot be used: which, where, why. Ends the program with exit code 1. */
class BadFile extends Error {
  constructor(file: string, line: number | undefined, reason: string) {
    super(`${file}${line === undefined ? "" : `:${line}`}: ${reason}`);
  }
}

/** Prints the decisions over events, one JSON object a line (spec: simulating). The whole input is read before anything is printed. */
function main(): void {
  const file = { type: "string" } as const;
  const { values } = parseArgs({ options: { catalog: file, recipients: file, events: file, topics: file } });
  if (values.catalog === undefined || values.recipients === undefined || values.events === undefined) throw new Error(USAGE);
  const rulebook = rulebookOf(readCatalog(values.catalog), 0);
  const ids = new Set<string>();
  const recipients = readLines(values.recipients, (value) => {
    const read = readSimulatedRecipient(value);
    if (!read.ok) return read;
    if (ids.has(read.value.id)) return { ok: false, issues: [{ pointer: "/id", detail: "stands on a line above already" }] };
    ids.add(read.value.id);
    return read;
  });
  let clock = Number.NEGATIVE_INFINITY;
  const events = readLines(values.events, (value) => {
    const read = readSimulatedLine(value, clock);
    if (read.ok) clock = read.value.clock;
    return read;
  });
  const simulation = new Simulation(rulebook, recipients, values.topics === undefined ? undefined : readTopics(values.topics));
  process.stdout.write(events.flatMap((event) => simulation.take(event).map((decision) => `${JSON.stringify(decision)}\n`)).join(""));
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    throw new BadFile(file, undefined, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** YAML or JSON, or a folder. Only the catalog's shape is checked, not its words. */
function readCatalog(path: string): Catalog {
  const { value, placeOfIssue } = loaded(path);
  const parsed = catalog.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue = { pointer: "", detail: "is not a catalog" }] = issuesOf(parsed.error);
  const { file, line } = placeOfIssue(issue);
  throw new BadFile(file, line, `${issue.pointer} ${issue.detail}`);
}

/** Members' ids by topic, as one JSON object. */
function readTopics(file: string): SimulatedTopics {
  const parsed = simulatedTopics.safeParse(parseLine(file, 1, readText(file)));
  if (parsed.success) return parsed.data;
  const [issue] = issuesOf(parsed.error);
  throw new BadFile(file, undefined, `${issue?.pointer ?? ""} ${issue?.detail ?? "is not a list of topics"}`);
}

function loaded(path: string): LoadedCatalog {
  try {
    return loadCatalog(path);
  } catch (error) {
    const [fault] = error instanceof BadCatalogFiles ? error.faults : [];
    if (!fault) throw error;
    throw new BadFile(fault.file, fault.line, fault.detail);
  }
}

/** One JSON object a line; empty lines say nothing. */
function readLines<Value>(file: string, read: (value: unknown) => Read<Value>): Value[] {
  return readText(file)
    .split("\n")
    .flatMap((text, at) => {
      if (text.trim() === "") return [];
      const result = read(parseLine(file, at + 1, text));
      if (result.ok) return [result.value];
      throw new BadFile(file, at + 1, result.issues.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join("; "));
    });
}

function parseLine(file: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadFile(file, line, `is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
