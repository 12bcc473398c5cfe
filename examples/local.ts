import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { crashInLog } from "./crash-in-log.ts";
import { type LocalKeys, loadLocalKeys } from "./local-keys.ts";
import { migrateLocal } from "./migrate-local.ts";
import { freePort, portIsFree, waitForFreePort } from "./ports.ts";
import { endOfLog, runWrangler, startWrangler, type WranglerProcess } from "./wrangler-process.ts";

/** Account at the sandbox carrier; the shop's catalog names the same. */
export const SANDBOX_ACCOUNT_SID = "AC00000000000000000000000000000001";
/** Likewise at its Alibaba and Tencent; all three have the same secret here. */
export const SANDBOX_ACCESS_KEY_ID = "LTAImadeUpSandboxKey0001";
export const SANDBOX_SECRET_ID = "AKIDmadeUpSandboxSecretId00000000001";
export const SANDBOX_SDK_APP_ID = "1400000001";

const START_PATIENCE_MS = 60_000;
const PORT_PATIENCE_MS = 5_000;
const LOOK_EVERY_MS = 100;
const LOG_EVERY_MS = 500;

/** Something that the person at the keyboard can mend; its message is one line for him. */
export class LocalProblem extends Error {
  override readonly name = "LocalProblem";
}

/** A Worker has died before it answered for the first time; the message shows the end of its log. */
export class DiedStarting extends LocalProblem {}

export interface LocalOptions {
  /** Databases, keys and logs; made where it does not exist. What stands in it is taken up again. */
  readonly stateFolder: string;
  /** Default: a free one. */
  readonly routerPort?: number;
  /** Default: a free one. */
  readonly sandboxPort?: number;
  /** Runs the router as it is built when it first starts, as a deploy would. By default it is built again whenever src/ changes, which empties the local queues. */
  readonly built?: boolean;
  /** Vars and secrets of the router, besides and above those made here. */
  readonly vars?: Readonly<Record<string, string>>;
  /** Vars of the sandbox, likewise. */
  readonly sandboxVars?: Readonly<Record<string, string>>;
}

/** One Worker under `wrangler dev`; it keeps its port over stops and starts. */
export interface LocalWorker {
  /** Origin, e.g. http://127.0.0.1:8787. */
  readonly url: string;
  /** File with everything that wrangler and the Worker have written. */
  readonly log: string;
  /** Starts it, with these vars above its own, and waits until `/healthz` answers; nothing where it runs. */
  start(vars?: Readonly<Record<string, string>>): Promise<void>;
  /** Lets it end by itself, within five seconds. */
  stop(): Promise<void>;
  /** Ends its whole process tree at once; what waited in local queues is lost. */
  kill(): Promise<void>;
  /**
   * Of its last start: resolves when it has ended without being asked to, or its runtime has crashed. wrangler goes on after
   * a crash with a runtime that mostly does not answer: `kill` ends that, `start` starts it anew.
   */
  readonly died: Promise<void>;
}

export interface Local {
  readonly router: LocalWorker;
  readonly sandbox: LocalWorker;
  readonly keys: LocalKeys;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Starts what does not run, on the same ports and the same state. */
  start(): Promise<void>;
}

/**
 * Starts the router and the sandbox carrier on this machine, without an account and without a network.
 * Throws `LocalProblem` where a port is taken or a Worker does not come up. Prints nothing.
 */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const stateFolder = resolve(options.stateFolder);
  await mkdir(stateFolder, { recursive: true });
  const keys = await loadLocalKeys(stateFolder);
  const ports = { router: await portFor("router", options.routerPort), sandbox: await portFor("sandbox", options.sandboxPort) };
  const urls = { router: origin(ports.router), sandbox: origin(ports.sandbox) };
  const logs = { router: join(stateFolder, "router.log"), sandbox: join(stateFolder, "sandbox.log") };

  const sandbox = localWorker("sandbox", ports.sandbox, logs.sandbox, [
    ...devArguments("examples/sandbox/wrangler.toml", ports.sandbox, join(stateFolder, "sandbox")),
    ...varArguments({ ...sandboxVars(keys), ...options.sandboxVars }),
  ]);
  const router = localWorker("router", ports.router, logs.router, [
    ...devArguments("wrangler.toml", ports.router, join(stateFolder, "router")),
    ...(options.built ? [join(builtFolder(stateFolder), "index.js"), "--no-bundle"] : []),
    ...varArguments({ ...routerVars(urls, keys), ...options.vars }),
  ]);
  const both = [router, sandbox];
  const local: Local = {
    router,
    sandbox,
    keys,
    stop: () => together(both, (worker) => worker.stop()),
    kill: () => together(both, (worker) => worker.kill()),
    start: () => together(both, (worker) => worker.start()),
  };
  try {
    const prepared = Promise.all([migrateLocal(stateFolder), options.built ? build(stateFolder) : undefined]);
    await Promise.all([sandbox.start(), prepared.then(() => router.start())]);
    return local;
  } catch (error) {
    await local.kill();
    throw error;
  }
}

const builtFolder = (stateFolder: string) => join(stateFolder, "built");

const built = new Set<string>();

/** Builds the router once in a process: who starts it again on the same state goes on with the same. */
async function build(stateFolder: string): Promise<void> {
  const outdir = builtFolder(stateFolder);
  if (built.has(outdir) && existsSync(outdir)) return;
  await runWrangler(["deploy", "--dry-run", "--config", "wrangler.toml", "--outdir", outdir], join(stateFolder, "build.log"));
  built.add(outdir);
}

function routerVars(urls: { readonly router: string; readonly sandbox: string }, keys: LocalKeys): Record<string, string> {
  return {
    PUBLIC_URL: urls.router,
    CARRIER_HOSTS: urls.sandbox,
    ROOT_KEY: keys.root_key,
    NAMING_KEY: keys.naming_key,
    SEALING_KEYS: keys.sealing_keys,
    CARRIER_SHOP_TWILIO: keys.sandbox_auth_token,
    CARRIER_SHOP_ALIBABA: keys.sandbox_auth_token,
    CARRIER_SHOP_TENCENT: keys.sandbox_auth_token,
  };
}

function sandboxVars({ sandbox_auth_token: secret }: LocalKeys): Record<string, string> {
  const alibaba = { access_key_id: SANDBOX_ACCESS_KEY_ID, access_key_secret: secret };
  const tencent = { secret_id: SANDBOX_SECRET_ID, secret_key: secret, sdk_app_id: SANDBOX_SDK_APP_ID };
  return {
    SANDBOX_ACCOUNT_SID,
    SANDBOX_AUTH_TOKEN: secret,
    SANDBOX_ALIBABA_ACCOUNTS: JSON.stringify([alibaba]),
    SANDBOX_TENCENT_ACCOUNTS: JSON.stringify([tencent]),
  };
}

function devArguments(config: string, port: number, state: string): string[] {
  const quiet = ["--local", "--show-interactive-dev-session=false", "--inspector-port", "0"];
  return ["dev", "--config", config, "--ip", "127.0.0.1", "--port", String(port), "--persist-to", state, ...quiet];
}

function varArguments(vars: Readonly<Record<string, string>>): string[] {
  return Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
}

function localWorker(name: string, port: number, log: string, args: readonly string[]): LocalWorker {
  const url = origin(port);
  let running: WranglerProcess | undefined;
  let died = new Promise<void>(() => {});
  const start: LocalWorker["start"] = async (vars = {}) => {
    if (running !== undefined) return;
    if (!(await waitForFreePort(port, PORT_PATIENCE_MS))) throw portTaken(name, port);
    const crashed = crashInLog(log);
    const started = startWrangler([...args, ...varArguments(vars)], log);
    running = started;
    died = new Promise((resolve) => {
      const look = setInterval(() => crashed() && resolve(), LOG_EVERY_MS).unref();
      void started.exited.then(() => {
        clearInterval(look);
        if (running !== started) return;
        running = undefined;
        resolve();
      });
    });
    await waitUntilHealthy(name, url, started, died);
  };
  const end = async (how: "stop" | "kill") => {
    const ending = running;
    running = undefined;
    await ending?.[how]();
  };
  return {
    url,
    log,
    start,
    stop: () => end("stop"),
    kill: () => end("kill"),
    get died() {
      return died;
    },
  };
}

async function waitUntilHealthy(name: string, url: string, worker: WranglerProcess, died: Promise<void>): Promise<void> {
  let how: "died" | "ended" | undefined;
  void died.then(() => {
    how = "died";
  });
  void worker.exited.then(() => {
    how ??= "ended";
  });
  const until = Date.now() + START_PATIENCE_MS;
  while (!(await isHealthy(url))) {
    const rest = `the end of ${worker.log}:\n${endOfLog(worker.log)}`;
    if (how === "died") throw new DiedStarting(`the ${name} died while starting; ${rest}`);
    if (how === "ended") throw new LocalProblem(`the ${name} ended while starting; ${rest}`);
    if (Date.now() > until) throw new LocalProblem(`the ${name} does not answer ${url}/healthz; ${rest}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Whether a Worker answers `/healthz`. */
export async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) });
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}

async function portFor(name: string, asked: number | undefined): Promise<number> {
  if (asked === undefined) return freePort();
  if (!(await portIsFree(asked))) throw portTaken(name, asked);
  return asked;
}

function portTaken(name: string, port: number): LocalProblem {
  return new LocalProblem(`port ${port} for the ${name} is in use; end what listens there or choose another port`);
}

const origin = (port: number) => `http://127.0.0.1:${port}`;

/** All of them, the others too when one fails; then the first failure. */
async function together(workers: readonly LocalWorker[], what: (worker: LocalWorker) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(workers.map(what));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
