import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { type Command, Option } from "commander";
import * as z from "zod";
import { Refused } from "./cli-connection.ts";
import { countSegments, MAINLAND_MAX_UNITS } from "./render/sms/count-segments.ts";
import { issuesOf } from "./support/issues.ts";
import { SEGMENT_RULES, type SegmentRule } from "./vocabulary/content.ts";

const NEWLINE = 0x0a;
const line = z.object({ text: z.string({ error: "must be a text" }) }, { error: 'must be an object such as {"text": "您好"}' });
const segmentsOptions = z.object({ file: z.string(), rule: z.enum(SEGMENT_RULES) });

/** A line that says nothing that can be counted; the others stand. */
class BadLine extends Error {}

/** Counts a file line by line, whatever its size; a line that is wrong is told and fails the command, and the others are printed. */
async function printSegments(file: string, rule: SegmentRule): Promise<void> {
  const input = file === "-" ? process.stdin : createReadStream(file);
  try {
    await pipeline(counted(linesOf(file, input), file, rule), process.stdout, { end: false });
  } catch (error) {
    // Who reads the output may have seen enough, as `head` has.
    if (!(error instanceof Error && "code" in error && error.code === "EPIPE")) throw error;
  }
}

async function* counted(lines: AsyncIterable<Buffer>, file: string, rule: SegmentRule): AsyncGenerator<string> {
  let number = 0;
  for await (const bytes of lines) {
    number += 1;
    try {
      const text = textOf(bytes);
      if (text !== undefined) yield `${JSON.stringify(countLine(text, rule))}\n`;
    } catch (error) {
      if (!(error instanceof BadLine)) throw error;
      process.stderr.write(`${file}:${number}: ${error.message}\n`);
      process.exitCode = 1;
    }
  }
}

function countLine(text: string, rule: SegmentRule): object {
  const { encoding, segments, units } = countSegments(text, rule);
  if (rule === "gsm" || units <= MAINLAND_MAX_UNITS) return { text, encoding, segments, units };
  process.exitCode = 1;
  const error = `has ${units} characters; mainland China takes at most ${MAINLAND_MAX_UNITS}, signature included`;
  return { text, encoding, units, error };
}

/** The text of a line; undefined where the line is empty. */
function textOf(bytes: Buffer): string | undefined {
  const json = decoded(bytes);
  if (json.trim() === "") return undefined;
  const parsed = line.safeParse(readJson(json));
  if (parsed.success) return parsed.data.text;
  throw new BadLine(
    issuesOf(parsed.error)
      .map(({ pointer, detail }) => `${pointer} ${detail}`.trim())
      .join("; "),
  );
}

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new BadLine("is not UTF-8; save the file in that encoding");
  }
}

function readJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new BadLine(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Lines as bytes: JSON may hold other line ends as characters of its texts. */
async function* linesOf(file: string, input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  try {
    for await (const chunk of input) {
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
        yield Buffer.concat([...begun, chunk.subarray(from, end)]);
        begun = [];
        from = end + 1;
      }
      if (from < chunk.length) begun.push(chunk.subarray(from));
    }
  } catch (error) {
    throw new Refused(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (begun.length > 0) yield Buffer.concat(begun);
}

/** `carillon segments`: what texts would cost; it needs neither a router nor a key. */
export function addSegments(program: Command): void {
  program
    .command("segments")
    .description("counts SMS segments: one JSON object a line for lines of {text}; needs no router")
    .requiredOption("--file <file>", "texts, one JSON object a line; - is standard input")
    .addOption(
      new Option("--rule <rule>", "how they are counted; mainland: as carriers of mainland China do").choices(SEGMENT_RULES).default("gsm"),
    )
    .action(async (options: unknown) => {
      const { file, rule } = segmentsOptions.parse(options);
      await printSegments(file, rule);
    });
}
