import { type Issue, pointerOf } from "../support/issues.ts";

/** What was taken from a value because it is malformed, by the pointers that it has in the value as it was given. */
export class Losses {
  readonly #taken = new Set<string>();
  /** What was taken, and all that holds it. */
  readonly #touched = new Set<string>();
  /** By list, the places of entries that are gone from it, in order; outer lists stand before those in them. */
  readonly #gone: [list: string, places: number[]][] = [];

  take(pointer: string): void {
    this.#taken.add(pointer);
    for (const holder of holdersOf(pointer)) this.#touched.add(holder);
  }

  /** Those behind them in the list have moved up. */
  dropEntries(list: string, places: readonly number[]): void {
    const known = this.#gone.find(([one]) => one === list);
    if (known) known[1].push(...places);
    else this.#gone.push([list, [...places]]);
    for (const [, gone] of this.#gone) gone.sort((a, b) => a - b);
    this.#gone.sort(([a], [b]) => a.length - b.length);
  }

  /** Whether it was taken, alone or with what holds it. */
  isLost(path: readonly PropertyKey[]): boolean {
    return holdersOf(pointerOf(path)).some((holder) => this.#taken.has(holder));
  }

  /** Whether it, or something in it, was taken. */
  isPartial(path: readonly PropertyKey[]): boolean {
    return this.#touched.has(pointerOf(path));
  }

  /** Pointers from a path to what was taken of it; the empty one is itself. */
  within(path: readonly PropertyKey[]): readonly string[] {
    const start = pointerOf(path);
    if (!this.#touched.has(start)) return [];
    return [...this.#taken]
      .filter((pointer) => pointer === start || pointer.startsWith(`${start}/`))
      .map((pointer) => pointer.slice(start.length));
  }

  /** Of a pointer into what is left, the pointer to the same in what was given. */
  givenAt(pointer: string): string {
    return this.#gone.reduce((found, [list, gone]) => {
      if (!found.startsWith(`${list}/`)) return found;
      const [place, ...steps] = found.slice(list.length + 1).split("/");
      return [list, gone.reduce((at, one) => (one <= at ? at + 1 : at), Number(place)), ...steps].join("/");
    }, pointer);
  }

  given(issue: Issue): Issue {
    return { ...issue, pointer: this.givenAt(issue.pointer) };
  }
}

/** A pointer and those to all that holds it, the outermost first. */
function holdersOf(pointer: string): string[] {
  const steps = pointer.split("/");
  return steps.map((_, at) => steps.slice(0, at + 1).join("/"));
}
