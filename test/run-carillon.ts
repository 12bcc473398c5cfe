import { spawn } from "node:child_process";
import { join } from "node:path";
import { runCommandLine } from "../src/cli-program.ts";

const REPOSITORY = join(import.meta.dirname, "..");
export const CLI = join(REPOSITORY, "src/cli.ts");

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Variables = Readonly<Record<string, string>>;

/**
 * Runs the command line in this process, which spares the start of another: one at a time, with these variables besides those that there
 * are, in this folder, and with nothing to read on its standard input.
 */
export async function runCarillon(args: readonly string[], variables: Variables = {}, folder = REPOSITORY): Promise<Said> {
  const { env, exitCode, stdout, stderr } = process;
  const cwd = process.cwd();
  const [out, err] = [takeOver(stdout), takeOver(stderr)];
  try {
    process.env = { ...env, ...variables };
    process.exitCode = undefined;
    process.chdir(folder);
    await runCommandLine(args);
    return { code: Number(process.exitCode ?? 0), stdout: out.text(), stderr: err.text() };
  } finally {
    process.chdir(cwd);
    Object.assign(process, { env, exitCode });
    out.giveBack();
    err.giveBack();
  }
}

/** Gathers what is written to a stream instead of writing it. */
function takeOver(stream: NodeJS.WriteStream) {
  const before = stream.write;
  const parts: string[] = [];
  stream.write = (part: string | Uint8Array) => {
    parts.push(String(part));
    return true;
  };
  return { text: () => parts.join(""), giveBack: () => Object.assign(stream, { write: before }) };
}

/** Runs it as a user would, in a process of its own, with this on its standard input. */
export function spawnCarillon(args: readonly string[], variables: Variables = {}, input = ""): Promise<Said> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, ...args], { env: { ...process.env, ...variables } });
    const said = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text) => (said.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (said.stderr += text));
    child.once("close", (code) => resolve({ code: code ?? 1, ...said }));
    // A command that refuses at once reads nothing.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
