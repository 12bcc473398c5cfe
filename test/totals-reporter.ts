import type { Reporter, TestModule, Vitest } from "vitest/node";

/** What of a file's result the totals are made of. */
type Ended = Pick<TestModule, "errors" | "children">;

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** Files are over, and still a worker has not ended its own: so long it is waited for. */
const PATIENCE_MS = 60_000;

/**
 * Says the totals in one plain line, after everything else. A worker of the pool sometimes never ends though all that it ran has:
 * the run then ends without it, by the results that there are.
 */
export default class TotalsReporter implements Reporter {
  readonly #exit: (code: number) => void;
  #unhandled: () => readonly unknown[] = () => [];
  #expected = Number.POSITIVE_INFINITY;
  #ended: Ended[] = [];
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor({ exit = (code: number): void => process.exit(code) } = {}) {
    this.#exit = exit;
  }

  onInit({ state }: Pick<Vitest, "state">): void {
    this.#unhandled = () => state.getUnhandledErrors();
  }

  onTestRunStart(files: readonly unknown[]): void {
    this.#expected = files.length;
    this.#ended = [];
  }

  onTestModuleEnd(file: Ended): void {
    this.#ended.push(file);
    if (this.#ended.length === this.#expected) this.#waiting = setTimeout(() => this.#endWithoutPool(), PATIENCE_MS);
  }

  onTestRunEnd(files: readonly Ended[], errors: readonly unknown[]): void {
    clearTimeout(this.#waiting);
    const line = lineOf(totalsOf(files, errors));
    process.on("exit", () => process.stdout.write(line));
  }

  #endWithoutPool(): void {
    const totals = totalsOf(this.#ended, this.#unhandled());
    process.stdout.write(
      `All ${this.#expected} files are over, but a worker of the pool does not end: the run ends without it.\n${lineOf(totals)}`,
    );
    this.#exit(totals.failed > 0 ? 1 : 0);
  }
}

function totalsOf(files: readonly Ended[], errors: readonly unknown[]): Totals {
  const totals = { passed: 0, failed: errors.length, skipped: 0 };
  for (const file of files) {
    if (file.errors().length > 0) totals.failed++;
    for (const test of file.children.allTests()) {
      const { state } = test.result();
      if (state === "passed" || state === "failed" || state === "skipped") totals[state]++;
    }
  }
  return totals;
}

function lineOf({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped\n`;
}
