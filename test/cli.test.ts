import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a user would. */
function carillon(...args: string[]): Promise<Said> {
  return new Promise((resolve) => {
    const env = { ...process.env, CARILLON_URL: url, CARILLON_KEY: "ck_test" };
    execFile(process.execPath, [join(import.meta.dirname, "../src/cli.ts"), ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

const asked: string[] = [];
let answers: { readonly status: number; readonly body: unknown }[] = [];
let server: Server;
let url = "";

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization} ${text}`);
      const { status, body } = answers.shift() ?? { status: 500, body: {} };
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe("The command line", () => {
  it("says what there is", async () => {
    const { code, stdout } = await carillon("--help");
    expect(code).toBe(0);
    for (const command of ["publish", "recover", "pauses", "pause", "resume", "--json", "CARILLON_KEY"]) expect(stdout).toContain(command);
  });

  it("recovers page by page and sums up", async () => {
    answers = [
      { status: 200, body: { recipients: 500, requeued: 3, unavailable: 0, next: "cursor" } },
      { status: 200, body: { recipients: 20, requeued: 1, unavailable: 2 } },
    ];
    asked.length = 0;
    expect(await carillon("--json", "recover")).toMatchObject({ code: 0, stdout: '{"recipients":520,"requeued":4,"unavailable":2}\n' });
    expect(asked).toEqual(["POST /v1/recover Bearer ck_test ", "POST /v1/recover?cursor=cursor Bearer ck_test "]);
  });

  it("pauses what is named", async () => {
    answers = [{ status: 200, body: { pauses: [{ lane: "marketing", since: "2026-01-01T00:00:00.000Z" }] } }];
    asked.length = 0;
    expect((await carillon("pause", "lane=marketing")).stdout).toBe("lane marketing, since 2026-01-01T00:00:00.000Z\n");
    expect(asked).toEqual(['POST /v1/pauses Bearer ck_test {"lane":"marketing"}']);
    answers = [{ status: 200, body: { pauses: [], warning: "x is not a notice of the catalog in force" } }];
    expect((await carillon("pause", "notice=x")).stderr).toContain("x is not a notice");
    expect(await carillon("pause", "everything")).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("lane=<class>") });
  });

  it("publishes a catalog written in YAML, and tells every place that is wrong", async () => {
    const file = join(tmpdir(), `carillon-cli-${process.pid}.yaml`);
    writeFileSync(file, "notices:\n  a: { class: service }\n");
    const errors = [{ pointer: "/notices/a/channels", detail: "is missing" }];
    answers = [
      { status: 200, body: { version: 7 } },
      { status: 422, body: { title: "Something in it is not valid", detail: "1 place", errors } },
    ];
    asked.length = 0;
    expect((await carillon("publish", file)).stdout).toContain("version 7");
    expect(asked[0]).toBe('PUT /v1/catalog Bearer ck_test {"notices":{"a":{"class":"service"}}}');
    expect(await carillon("publish", file)).toMatchObject({ code: 1, stderr: expect.stringContaining("/notices/a/channels is missing") });
    expect(await carillon("publish", "/no/such/file")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("/no/such/file cannot be read"),
    });
  });

  it("says in words that the router cannot be reached, or that its address is none", async () => {
    expect(await carillon("--url", "http://127.0.0.1:1", "pauses")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("cannot be reached"),
    });
    expect(await carillon("--url", "nonsense", "pauses")).toMatchObject({ code: 1, stderr: expect.stringContaining("must be an address") });
  });
});
