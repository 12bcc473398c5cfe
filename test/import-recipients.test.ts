import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { standBetween } from "./hold-answers.ts";
import { CLI } from "./run-carillon.ts";
import { useEverything } from "./start-everything.ts";

/** As `npm run dev` runs it: there wrangler wraps the Worker and drains what it left of a body. */
const everything = useEverything("import", { built: false });

/** Some 300 objects a second are made on an idle machine of two cores: the long form takes six minutes. */
const PEOPLE = process.env.SOAK ? 100_000 : 5_000;
/** Of so many lines one is wrong. */
const WRONG_EVERY = 97;
/** All are listed, and of so many one is asked as well. */
const ASKED_EVERY = 50;

const folder = mkdtempSync(join(tmpdir(), "carillon-import-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "people.ndjson");
const stateFile = join(folder, "state.json");

const isWrong = (line: number): boolean => line % WRONG_EVERY === 0;
const idOf = (line: number): string => `imported-${line}`;
const lineOf = (line: number): string =>
  isWrong(line)
    ? `{"id": "${idOf(line)}", "addresses": {"sms": "12"}}`
    : JSON.stringify({ id: idOf(line), addresses: { sms: `+86139${10_000_000 + line}` } });

interface Run {
  readonly process: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Its exit code; null where it was killed. */
  readonly over: Promise<number | null>;
}

function startImport(url: string, key: string): Run {
  const args = [CLI, "--json", "recipients", "import", file, "--state", stateFile];
  const child = spawn(process.execPath, args, { env: { ...process.env, CARILLON_URL: url, CARILLON_KEY: key } });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (text) => (said.stdout += text));
  child.stderr.on("data", (text) => (said.stderr += text));
  const over = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { process: child, stdout: () => said.stdout, stderr: () => said.stderr, over };
}

const state = z.object({ through: z.number(), kept: z.number(), wrong: z.number() });
const listed = z.object({ recipients: z.array(z.looseObject({ id: z.string(), revision: z.number() })), next: z.string().optional() });

describe("An import that is killed in the middle", { timeout: 3_600_000 }, () => {
  it("goes on where it was, whether the router or the command line died: nobody is lost, nobody comes twice", async () => {
    const { key, local, restartRouter } = everything();
    writeFileSync(file, Array.from({ length: PEOPLE }, (_, at) => `${lineOf(at + 1)}\n`).join(""));
    const throughNow = (): number => (existsSync(stateFile) ? state.parse(JSON.parse(readFileSync(stateFile, "utf8"))).through : 0);
    const between = await standBetween(local.router.url);
    /** What is told of this line or a later one is not heard any more. */
    const heldAt = (line: number) =>
      between.hold((text) => [...text.matchAll(/"through":(\d+)/g)].some(([, through]) => Number(through) >= line));

    const begun = heldAt(PEOPLE / 5);
    const first = startImport(between.url, key);
    await begun;
    const halfway = heldAt((PEOPLE * 2) / 5);
    await restartRouter();
    await halfway;
    first.process.kill("SIGKILL");
    await first.over;
    expect(first.stderr()).toContain("tried again");
    expect(throughNow()).toBeLessThan((PEOPLE * 2) / 5);
    void heldAt(Number.POSITIVE_INFINITY);

    const second = startImport(between.url, key);
    expect(await second.over, second.stderr()).toBe(2);
    between.close();
    const wrong = Array.from({ length: PEOPLE }, (_, at) => at + 1).filter(isWrong);
    expect(JSON.parse(second.stdout().trim().split("\n").at(-1) ?? "")).toEqual({
      through: PEOPLE,
      kept: PEOPLE - wrong.length,
      wrong: wrong.length,
    });
    const told = [...first.stdout().matchAll(/"line":(\d+)/g), ...second.stdout().matchAll(/"line":(\d+)/g)].map(([, line]) =>
      Number(line),
    );
    expect([...new Set(told)]).toEqual(wrong);

    const headers = { authorization: `Bearer ${key}` };
    const seen = new Map<string, number>();
    for (let next: string | undefined = ""; next !== undefined; ) {
      const response = await fetch(`${local.router.url}/v1/recipients${next === "" ? "" : `?cursor=${next}`}`, { headers });
      const page: z.infer<typeof listed> = listed.parse(await response.json());
      for (const { id, revision } of page.recipients) if (id.startsWith("imported-")) seen.set(id, (seen.get(id) ?? 0) + revision);
      next = page.next;
    }
    expect(seen.size).toBe(PEOPLE - wrong.length);
    expect([...seen].filter(([, revisions]) => revisions !== 1)).toEqual([]);
    for (let line = 1; line <= PEOPLE; line += ASKED_EVERY) {
      const response = await fetch(`${local.router.url}/v1/recipients/${idOf(line)}`, { headers });
      if (isWrong(line)) expect(response.status).toBe(404);
      else expect(await response.json()).toMatchObject({ id: idOf(line), revision: 1 });
    }
  });
});

describe("A large body that nobody wants", () => {
  /** Five megabytes, which are not there all at once. */
  function streamed(): ReadableStream<Uint8Array> {
    let left = 80;
    const chunk = new TextEncoder().encode(`${" ".repeat(65_535)}\n`);
    return new ReadableStream({ pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()) });
  }

  it.each([
    ["a key that is none", "POST", "/v1/recipients/import", { authorization: "Bearer ck_none" }, 401],
    ["no such address", "POST", "/v1/nowhere", {}, 404],
    ["no such method", "PUT", "/v1/events", {}, 405],
    ["another content type", "POST", "/v1/recipients/import", { "content-type": "image/png" }, 415],
    ["a query that is wrong", "POST", "/v1/recipients/import?first=x", {}, 422],
    ["too much of it", "POST", "/v1/events", { "content-type": "application/json" }, 413],
  ] as const)("is refused for what is wrong, such as %s", async (_, method, path, headers, status) => {
    const { key, local } = everything();
    const given = { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson", ...headers };
    const request = { method, headers: given, body: streamed(), duplex: "half" };
    const response = await fetch(local.router.url + path, request);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ status });
  });
});
