import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder: wrangler runs there, whatever folder the caller is in. */
export const PROJECT_FOLDER = dirname(dirname(fileURLToPath(import.meta.url)));

const WRANGLER = join(PROJECT_FOLDER, "node_modules/wrangler/bin/wrangler.js");
const GENTLE_STOP_MS = 5_000;
const GROUP_END_MS = 2_000;
const LOG_LINES_SHOWN = 30;

/** A wrangler command in a process group of its own, so that it and all that it started can be ended together. */
export interface WranglerProcess {
  readonly log: string;
  /** Resolves with the exit code, or null where a signal ended it. Never rejects. */
  readonly exited: Promise<number | null>;
  /** Asks it to end, and ends the group when it does not within five seconds. */
  stop(): Promise<void>;
  /** SIGKILL to the whole group: what a power cut is to a machine. */
  kill(): Promise<void>;
}

/** Starts `wrangler …` with its output in `log`. */
export function startWrangler(args: readonly string[], log: string): WranglerProcess {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, "a");
  const child = spawn(process.execPath, [WRANGLER, ...args], {
    cwd: PROJECT_FOLDER,
    detached: true,
    env: { ...process.env, ...quietEnvironment(dirname(log)) },
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  watchOver(child);
  const exited = new Promise<number | null>((resolve) => {
    child.once("exit", (code) => resolve(code));
    child.once("error", () => resolve(null));
  });
  const kill = async () => {
    signalGroup(child, "SIGKILL");
    await exited;
    await groupGone(child);
  };
  const stop = async () => {
    child.kill("SIGTERM");
    const impatience = setTimeout(() => signalGroup(child, "SIGKILL"), GENTLE_STOP_MS);
    await exited;
    clearTimeout(impatience);
    await groupGone(child);
  };
  return { log, exited, stop, kill };
}

/** Runs `wrangler …` to its end; throws with the end of its output where it fails. */
export async function runWrangler(args: readonly string[], log: string): Promise<void> {
  const code = await startWrangler(args, log).exited;
  if (code !== 0) throw new Error(`wrangler ${args.slice(0, 3).join(" ")} ended with ${code ?? "a signal"}:\n${endOfLog(log)}`);
}

/** The last lines of a log, for people who must find out why something did not start. */
export function endOfLog(log: string): string {
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  return lines.slice(-LOG_LINES_SHOWN).join("\n");
}

/** Nothing is asked, reported, looked up or coloured; what wrangler writes besides goes into the state's folder. */
function quietEnvironment(folder: string): Record<string, string> {
  return {
    CI: "true",
    NO_COLOR: "1",
    FORCE_COLOR: "0",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_NO_SKILLS_UPDATE_PROMPTS: "true",
    WRANGLER_WRITE_LOGS: "false",
    WRANGLER_LOG_PATH: join(folder, "wrangler"),
    WRANGLER_REGISTRY_PATH: join(folder, "registry"),
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
  };
}

const running = new Set<ChildProcess>();
let watching = false;

/**
 * No group outlives this process. A signal that nobody else handles ends the groups and then this process as it would
 * have; whoever handles it decides for himself, and what is left then ends with the process.
 */
function watchOver(child: ChildProcess): void {
  running.add(child);
  child.once("exit", () => {
    signalGroup(child, "SIGKILL");
    running.delete(child);
  });
  if (watching) return;
  watching = true;
  const endAll = () => {
    for (const each of running) signalGroup(each, "SIGKILL");
  };
  // Before whatever else is cleaned up at the end, such as the folder that they write to.
  process.prependListener("exit", endAll);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    const onSignal = () => {
      if (process.listenerCount(signal) > 1) return;
      endAll();
      process.off(signal, onSignal);
      process.kill(process.pid, signal);
    };
    process.on(signal, onSignal);
  }
}

/** False where nobody of the group is left. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

/** The runtime ends a moment after wrangler; where nobody collects the dead it would never seem gone, hence the bound. */
async function groupGone(child: ChildProcess): Promise<void> {
  const until = Date.now() + GROUP_END_MS;
  while (signalGroup(child, 0) && Date.now() < until) await pause(10);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
