import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Twilio } from "twilio";
import { afterAll, beforeAll, beforeEach, vi } from "vitest";
import { z } from "zod";
import { type Receiver, type Sandbox, sandboxSdk, startReceiver, startSandbox } from "./start-sandbox";

/** The first account of `examples/sandbox/wrangler.toml`, and a second one that the tests add. */
export const ACCOUNT = { sid: "AC00000000000000000000000000000001", token: "made-up-sandbox-token-0000000001" };
export const SECOND = {
  sid: "AC00000000000000000000000000000002",
  token: "another: made-up token",
  key: "SK00000000000000000000000000000003",
  secret: "made-up-secret",
};
export const TO = "+8613800000001";
export const FROM = "+14155552345";

const Counts = z.record(z.string(), z.number());
const Book = z.object({
  totals: z.object({
    calls: z.number(),
    accepted: z.number(),
    refused: Counts,
    broken: Counts,
    faults: Counts,
    handsets: z.number(),
    handset_messages: z.number(),
    distinct: z.number(),
    receipts: Counts,
  }),
  messages: z.array(z.looseObject({ n: z.number(), sid: z.string(), to: z.string(), status: z.string() })),
  next: z.number().nullable(),
});
const Phone = z.object({ number: z.string(), messages: z.array(z.looseObject({ sid: z.string(), text: z.string() })) });

const VARS = {
  SANDBOX_SENT_MS: "20",
  SANDBOX_DELIVERED_MS: "40",
  SANDBOX_ACCOUNTS: JSON.stringify([{ account_sid: SECOND.sid, auth_token: SECOND.token, api_keys: { [SECOND.key]: SECOND.secret } }]),
};

/** A sandbox for the tests of one file, empty before each of them, with somebody who takes its callbacks. */
export function useSandbox() {
  let folder: string;
  let sandbox: Sandbox;
  let receiver: Receiver;
  let sdk: Twilio;
  const start = async () => {
    sandbox = await startSandbox(folder, VARS);
    sdk = sandboxSdk(sandbox.url, ACCOUNT.sid, ACCOUNT.token);
  };

  // Nothing here waits long by design; a machine that is busy with other tests may.
  vi.setConfig({ testTimeout: 60_000 });
  beforeAll(async () => {
    folder = mkdtempSync(join(fastFolder(), "sandbox-test-"));
    [receiver] = await Promise.all([startReceiver(), start()]);
  }, 60_000);
  afterAll(async () => {
    await sandbox?.process.kill();
    await receiver?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }, 20_000);
  beforeEach(async () => {
    receiver.answerWith(200);
    await sandbox.control("POST", "reset");
  });

  return {
    url: (path = "") => `${sandbox.url}${path}`,
    receiver: () => receiver,
    sdk: () => sdk,
    control: (method: string, path: string, body?: unknown) => sandbox.control(method, path, body),
    setFaults: (...rules: object[]) => sandbox.control("PUT", "faults", { seed: 7, rules }),
    book: async (query = "") => Book.parse(await sandbox.control("GET", `book${query}`)),
    phone: async (number = TO) => Phone.parse(await readJson(`${sandbox.url}/phones/${number}`)),
    send: (change: { to?: string; body?: string; statusCallback?: string } = {}) =>
      sdk.messages.create({ to: TO, from: FROM, body: "您好", ...change }),
    /** The bare call, for what the SDK hides or does not let through. */
    post: (form: Record<string, string>, init: RequestInit = {}) =>
      fetch(`${sandbox.url}/2010-04-01/Accounts/${ACCOUNT.sid}/Messages.json`, {
        method: "POST",
        headers: { Authorization: `Basic ${btoa(`${ACCOUNT.sid}:${ACCOUNT.token}`)}` },
        body: new URLSearchParams(form),
        ...init,
      }),
    /** SIGKILL; `start` takes the same state up again, on another port. */
    kill: () => sandbox.process.kill(),
    start,
  };
}

async function readJson(url: string): Promise<unknown> {
  return (await fetch(url, { headers: { Accept: "application/json" } })).json();
}

/** Each write is synced, so memory is much faster than a disk where there is some to write to. */
function fastFolder(): string {
  try {
    accessSync("/dev/shm", constants.W_OK);
    return "/dev/shm";
  } catch {
    return tmpdir();
  }
}
