import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const fixtures = join(root, "test/fixtures/cases");

function argumentsFor(catalog: string, recipients: string, events: string): string[] {
  return [join(root, "src/simulate.ts"), "--catalog", catalog, "--recipients", recipients, "--events", events];
}

describe("the simulator", () => {
  it.each(["small", "spring", "autumn"])("prints exactly what is expected of the case %s", (name) => {
    const at = (file: string) => join(fixtures, name, file);
    const printed = execFileSync(process.execPath, argumentsFor(at("catalog.yaml"), at("recipients.ndjson"), at("events.ndjson")), {
      encoding: "utf8",
    });
    expect(printed.split("\n")).toEqual(readFileSync(at("expected.ndjson"), "utf8").split("\n"));
  });
});

describe("a bad file", () => {
  const good = {
    catalog: "classes: {}\nnotices:\n  hello:\n    class: service\n    channels: [sms]\n",
    recipients: '{"id":"u1","addresses":{"sms":"+8613800138000"}}\n',
    events: '{"id":"e1","source":"/s","type":"hello","time":"2026-03-01T10:00:00Z","subject":"u1"}\n',
  };
  const event = (more: object) =>
    `${JSON.stringify({ id: "e2", source: "/s", type: "hello", time: "2026-03-01T11:00:00Z", subject: "u1", ...more })}\n`;

  function run(files: Partial<typeof good>): { status: number | null; stdout: string; stderr: string } {
    const folder = mkdtempSync(join(tmpdir(), "simulate-"));
    const paths = Object.entries({ ...good, ...files }).map(([name, text]) => {
      const path = join(folder, name === "catalog" ? "catalog.yaml" : `${name}.ndjson`);
      writeFileSync(path, text);
      return path;
    });
    const [catalog = "", recipients = "", events = ""] = paths;
    return spawnSync(process.execPath, argumentsFor(catalog, recipients, events), { encoding: "utf8" });
  }

  it("is not what these files are", () => {
    expect(run({})).toMatchObject({
      status: 0,
      stderr: "",
      stdout: expect.stringMatching(/^\{"event":"e1".*"decision":"send","channel":"sms","send_at":"2026-03-01T10:00:00.000Z"\}\n$/),
    });
  });

  it.each([
    ["events that are not JSON", { events: `${good.events}{nope\n` }, /events\.ndjson:2: is not JSON/],
    [
      "an event without an id",
      { events: `${good.events}{"source":"/s","type":"x","time":"2026-03-01T11:00:00Z"}\n` },
      /events\.ndjson:2: \/id /,
    ],
    [
      "an event that is before the line above it",
      { events: `${good.events}\n${event({ time: "2026-03-01T09:00:00Z" })}` },
      /events\.ndjson:3: \/time is earlier/,
    ],
    ["an event without time or arrives", { events: event({ time: undefined }) }, /events\.ndjson:1: \/time must be given/],
    ["a time that is none", { events: event({ time: "tomorrow" }) }, /events\.ndjson:1: \/time must be an RFC 3339/],
    [
      "a preference without a scope",
      { events: event({ type: "carillon.preference", data: { recipient: "u1", channel: "*", state: "in" } }) },
      /events\.ndjson:1: \/data\/scope /,
    ],
    [
      "a recipient whose zone does not exist",
      { recipients: '{"id":"u1","time_zone":"Mars/Base"}\n' },
      /recipients\.ndjson:1: \/time_zone is not a time zone/,
    ],
    [
      "a recipient who stands there twice",
      { recipients: good.recipients + good.recipients },
      /recipients\.ndjson:2: \/id stands on a line above/,
    ],
    ["a catalog that is not YAML", { catalog: "notices: [\n  }" }, /catalog\.yaml:2: /],
    ["a class that does not exist", { catalog: good.catalog.replace("service", "urgent") }, /catalog\.yaml:4: \/notices\/hello\/class /],
    [
      "a cap of nothing",
      { catalog: good.catalog.replace("{}", "{ service: { caps: [{ max: 0, per: P1D, over: defer }] } }") },
      /catalog\.yaml:1: \/classes\/service\/caps\/0\/max/,
    ],
  ])("is named with line and reason: %s", (_, files, reason) => {
    const { status, stdout, stderr } = run(files);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(reason);
  });

  it("is one that is not there", () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, argumentsFor("none.yaml", "none.ndjson", "none.ndjson"), {
      encoding: "utf8",
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^none\.yaml: cannot be read/);
  });
});
