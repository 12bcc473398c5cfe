/** Steps of one text; more than twice what the engine renders. */
const TEXT_STEPS_MAX = 25_000;
/** Steps that the texts of one catalog may take together, beyond what each may take for its length. */
const CATALOG_STEPS_MAX = 100_000;
/** A text may take a step for every so many of its units: reading it through takes as many. */
const UNITS_PER_STEP = 4;

/** What measuring the texts of one catalog has taken. */
export interface CatalogWork {
  taken: number;
  /** Whether its author was told where measuring ended. */
  told: boolean;
  /** What is measured once for all of them, such as the dates of a locale. */
  readonly measured: Set<string>;
}

export function catalogWork(): CatalogWork {
  return { taken: 0, told: false, measured: new Set() };
}

/** Whether texts may still be measured. */
export function hasWorkLeft({ taken }: CatalogWork): boolean {
  return taken <= CATALOG_STEPS_MAX;
}

/** Measuring is given up, and whose texts were too much. */
export class TooMuchWork extends Error {
  readonly whose: "text" | "catalog";
  constructor(whose: "text" | "catalog") {
    super(`too much work for a ${whose}`);
    this.whose = whose;
  }
}

/**
 * Counts the work of measuring one text, since the clock of Workers stands still meanwhile. A step is a part, a round, a filter or an
 * operator; what handles much at once takes more of them. What was measured before costs the same again, so that a catalog is judged alike
 * wherever it is checked.
 */
export class TextWork {
  #taken = 0;
  readonly #own: number;
  readonly #catalog: CatalogWork;

  constructor(units: number, catalog: CatalogWork) {
    this.#own = units / UNITS_PER_STEP;
    this.#catalog = catalog;
  }

  step(steps = 1): void {
    this.#taken += steps;
    if (this.#taken > TEXT_STEPS_MAX) throw new TooMuchWork("text");
    const beyond = this.#taken - this.#own;
    if (beyond <= 0) return;
    this.#catalog.taken += Math.min(steps, beyond);
    if (!hasWorkLeft(this.#catalog)) throw new TooMuchWork("catalog");
  }

  /** Steps for what is kept once it is measured. */
  once(key: string, steps: number): void {
    if (this.#catalog.measured.has(key)) return;
    this.#catalog.measured.add(key);
    this.step(steps);
  }
}
