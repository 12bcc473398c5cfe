import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Twilio } from "twilio";
import { afterAll, beforeAll, beforeEach, vi } from "vitest";
import * as z from "zod";
import { alibabaSdk, type Receiver, type Sandbox, sandboxSdk, startReceiver, startSandbox, tencentSdk } from "./start-sandbox.ts";

/** The first account of `examples/sandbox/wrangler.toml`, and a second one that the tests add. */
export const ACCOUNT = { sid: "AC00000000000000000000000000000001", token: "made-up-sandbox-token-0000000001" };
export const SECOND = {
  sid: "AC00000000000000000000000000000002",
  token: "another: made-up token",
  key: "SK00000000000000000000000000000003",
  secret: "made-up-secret",
};
/** Made-up accounts at the other two; each first one is told its receipts by `/control/callbacks`, each second one by its var. */
export const ALIBABA = { id: "LTAImadeUpKey0001", secret: "made-up alibaba secret 1" };
export const ALIBABA_SECOND = { id: "LTAImadeUpKey0002", secret: "made-up alibaba secret 2" };
export const TENCENT = { id: "AKIDmadeUpSecretId0001", key: "made-up tencent key 1", app: "1400000001" };
export const TENCENT_SECOND = { id: "AKIDmadeUpSecretId0002", key: "made-up tencent key 2", app: "1400000002" };
export const SIGN = "鲸落商城";
export const TO = "+8613800000001";
export const FROM = "+14155552345";

const Counts = z.record(z.string(), z.number());
const carrierTotals = { calls: z.number(), queries: z.number(), texts: z.number(), accepted: z.number(), refused: Counts, broken: Counts };
const CarrierTotals = z.object(carrierTotals);
const Book = z.object({
  totals: z.object({
    ...carrierTotals,
    carriers: z.object({ twilio: CarrierTotals, alibaba: CarrierTotals, tencent: CarrierTotals }),
    faults: Counts,
    handsets: z.number(),
    handset_messages: z.number(),
    distinct: z.number(),
    receipts: Counts,
  }),
  messages: z.array(z.looseObject({ n: z.number(), sid: z.string(), to: z.string(), status: z.string(), carrier: z.string() })),
  next: z.number().nullable(),
});
const Phone = z.object({ number: z.string(), messages: z.array(z.looseObject({ sid: z.string(), text: z.string() })) });

const varsFor = (receiver: string) => ({
  SANDBOX_SENT_MS: "20",
  SANDBOX_DELIVERED_MS: "40",
  SANDBOX_ACCOUNTS: JSON.stringify([{ account_sid: SECOND.sid, auth_token: SECOND.token, api_keys: { [SECOND.key]: SECOND.secret } }]),
  SANDBOX_ALIBABA_ACCOUNTS: JSON.stringify([
    { access_key_id: ALIBABA.id, access_key_secret: ALIBABA.secret },
    { access_key_id: ALIBABA_SECOND.id, access_key_secret: ALIBABA_SECOND.secret, callback_url: `${receiver}/alibaba-by-var` },
  ]),
  SANDBOX_TENCENT_ACCOUNTS: JSON.stringify([
    { secret_id: TENCENT.id, secret_key: TENCENT.key, sdk_app_id: TENCENT.app },
    {
      secret_id: TENCENT_SECOND.id,
      secret_key: TENCENT_SECOND.key,
      sdk_app_id: TENCENT_SECOND.app,
      callback_url: `${receiver}/tencent-by-var`,
      shows_context: true,
    },
  ]),
});

/** A sandbox for the tests of one file, empty before each of them, with somebody who takes its callbacks. */
export function useSandbox() {
  let folder: string;
  let sandbox: Sandbox;
  let receiver: Receiver;
  let sdk: Twilio;
  const start = async () => {
    sandbox = await startSandbox(folder, varsFor(receiver.url));
    sdk = sandboxSdk(sandbox.url, ACCOUNT.sid, ACCOUNT.token);
  };

  // Nothing here waits long by design; a machine that is busy with other tests may.
  vi.setConfig({ testTimeout: 60_000 });
  beforeAll(async () => {
    folder = mkdtempSync(join(fastFolder(), "sandbox-test-"));
    receiver = await startReceiver();
    await start();
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
    alibaba: (account = ALIBABA) => alibabaSdk(sandbox.url, account.id, account.secret),
    tencent: (account: { id: string; key: string } = TENCENT) => tencentSdk(sandbox.url, account.id, account.key),
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
