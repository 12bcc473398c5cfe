import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import * as z from "zod";
import { type Local, type LocalOptions, startLocal } from "../examples/local.ts";
import { openShop } from "../examples/open-shop.ts";

const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 50;
/** For tests that wait for something which only a broken machine lets them wait for in vain. */
export const PATIENT_TEST_MS = PATIENCE_MS + 20_000;

const decided = z.looseObject({
  id: z.string(),
  recipient: z.string(),
  notice: z.string(),
  decision: z.string(),
  replayed: z.boolean().optional(),
});
/** The answer of `POST /v1/events`. */
export const eventsAnswer = z.object({ events: z.array(z.looseObject({ messages: z.array(decided).optional() })) });
const timeline = z.looseObject({
  id: z.string(),
  state: z.string(),
  attempts: z.array(z.looseObject({ n: z.number(), answer: z.looseObject({ kind: z.string(), code: z.string().optional() }).optional() })),
});
const phone = z.object({ messages: z.array(z.looseObject({ text: z.string() })) });
const book = z.object({
  totals: z.looseObject({ calls: z.number(), refused: z.record(z.string(), z.number()) }),
  messages: z.array(z.looseObject({ to: z.string(), receipts: z.array(z.looseObject({ state: z.string() })) })),
});

export type Timeline = z.infer<typeof timeline>;

/** The built Worker and the sandbox carrier with an open shop, and what a test asks of them. */
export interface Everything {
  readonly local: Local;
  /** The shop's admin key. */
  readonly key: string;
  /** `POST /v1/events` with any body and headers; by default plain JSON. */
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Posts events that must be accepted, and gives their messages in order. */
  accept(events: readonly object[]): Promise<z.infer<typeof decided>[]>;
  /** A message as `GET /v1/messages/{id}` shows it. */
  message(id: string): Promise<Timeline>;
  /** Waits until the message is in this state. */
  untilState(id: string, state: string): Promise<Timeline>;
  /** The texts on a handset, oldest first. */
  texts(number: string): Promise<string[]>;
  /** Rules as examples/sandbox/README.md has them. */
  setFaults(rules: readonly object[]): Promise<void>;
  readBook(): Promise<z.infer<typeof book>>;
  /** Kills the router as a power cut would, and starts it again on the same state and port. */
  restartRouter(): Promise<void>;
}

/** Starts everything with its state in the given folder; what stands there is taken up again. The Worker is built once, as for a deploy, if not told otherwise. */
export async function startEverything(options: LocalOptions): Promise<Everything> {
  const local = await startLocal({
    built: true,
    ...options,
    sandboxVars: { SANDBOX_SENT_MS: "20", SANDBOX_DELIVERED_MS: "40", ...options.sandboxVars },
  });
  const key = await openShop(local, options.stateFolder);
  const authorization = { authorization: `Bearer ${key}` };
  const post: Everything["post"] = (body, headers = { "content-type": "application/json" }) =>
    fetch(`${local.router.url}/v1/events`, {
      method: "POST",
      headers: { ...headers, ...authorization },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const message: Everything["message"] = async (id) =>
    timeline.parse(await readJson(`${local.router.url}/v1/messages/${id}`, { headers: authorization }));
  return {
    local,
    key,
    post,
    async accept(events) {
      const response = await post(events);
      const text = await response.text();
      if (response.status !== 202) throw new Error(`the events were answered ${response.status}: ${text}`);
      return eventsAnswer.parse(JSON.parse(text)).events.flatMap(({ messages }) => {
        if (!messages) throw new Error(`an event was not accepted: ${text}`);
        return messages;
      });
    },
    message,
    untilState: (id, state) =>
      eventually(
        () => message(id),
        (seen) => seen.state === state,
      ),
    async texts(number) {
      const { messages } = phone.parse(
        await readJson(`${local.sandbox.url}/phones/${number}`, { headers: { accept: "application/json" } }),
      );
      return messages.map(({ text }) => text);
    },
    async setFaults(rules) {
      await readJson(`${local.sandbox.url}/control/faults`, { method: "PUT", body: JSON.stringify({ seed: 1, rules }) });
    },
    readBook: async () => book.parse(await readJson(`${local.sandbox.url}/control/book`)),
    async restartRouter() {
      await local.router.kill();
      await local.router.start();
    },
  };
}

/** Everything for the tests of one file, with its state in a folder of that name that goes away afterwards. */
export function useEverything(
  name: string,
  options: (() => Promise<Omit<LocalOptions, "stateFolder">>) | Omit<LocalOptions, "stateFolder"> = {},
): () => Everything {
  const stateFolder = mkdtempSync(join(fastFolder(), `carillon-${name}-`));
  let everything: Everything | undefined;
  beforeAll(async () => {
    everything = await startEverything({ ...(typeof options === "function" ? await options() : options), stateFolder });
  }, PATIENT_TEST_MS);
  afterAll(async () => {
    await everything?.local.kill();
    rmSync(stateFolder, { recursive: true, force: true, maxRetries: 5 });
  }, PATIENT_TEST_MS);
  return () => {
    if (!everything) throw new Error("it has not been started");
    return everything;
  };
}

/** Looks until what is seen is so; fails with what was seen last. */
export async function eventually<Seen>(look: () => Promise<Seen>, isSo: (seen: Seen) => boolean, patienceMs = PATIENCE_MS): Promise<Seen> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > end) throw new Error(`waited ${patienceMs} ms in vain for ${isSo}; seen last: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function readJson(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** Each write is synced, so memory is much faster than a disk where there is some to write to. */
export function fastFolder(): string {
  try {
    accessSync("/dev/shm", constants.W_OK);
    return "/dev/shm";
  } catch {
    return tmpdir();
  }
}
