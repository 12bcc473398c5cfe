import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import TotalsReporter from "./totals-reporter.ts";

type File = Parameters<TotalsReporter["onTestModuleEnd"]>[0];

/** A file whose tests ended so. */
function fileOf(...states: readonly string[]): File {
  const tests = states.map((state) => ({ result: () => ({ state }) }));
  const file: unknown = { errors: () => [], children: { allTests: () => tests } };
  return file as File;
}

describe("A run whose every file is over", () => {
  let said: string;
  let exits: number[];
  let reporter: TotalsReporter;
  beforeEach(() => {
    vi.useFakeTimers();
    said = "";
    exits = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      said += String(text);
      return true;
    });
    reporter = new TotalsReporter({ exit: (code) => exits.push(code) });
    reporter.onTestRunStart([1, 2]);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it("ends by its results where a worker of the pool never does", () => {
    reporter.onTestModuleEnd(fileOf("passed", "skipped"));
    vi.advanceTimersByTime(3_600_000);
    expect([said, exits]).toEqual(["", []]);
    reporter.onTestModuleEnd(fileOf("passed"));
    vi.advanceTimersByTime(60_000);
    expect(said).toMatch(/does not end: the run ends without it\.\n2 passed, 0 failed, 1 skipped\n$/);
    expect(exits).toEqual([0]);
  });

  it("fails by them too", () => {
    for (const file of [fileOf("passed"), fileOf("failed")]) reporter.onTestModuleEnd(file);
    vi.advanceTimersByTime(60_000);
    expect(exits).toEqual([1]);
  });

  it("is left to end by itself where it does", () => {
    const files = [fileOf("passed"), fileOf("passed")];
    for (const file of files) reporter.onTestModuleEnd(file);
    const on = vi.spyOn(process, "on").mockReturnValue(process);
    reporter.onTestRunEnd(files, []);
    vi.advanceTimersByTime(3_600_000);
    expect([on.mock.calls.length, exits]).toEqual([1, []]);
  });
});
