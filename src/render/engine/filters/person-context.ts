import { Context, Drop, type Liquid } from "liquidjs";

/** How a person reads: the locale that dates, money and numbers are written in, the IANA zone of their clock, and the currency meant where none is named. */
export interface Reading {
  readonly locale: string;
  readonly time_zone: string;
  readonly currency?: string;
}

/** `html`: values are escaped. */
export type TextForm = "text" | "html";

/** Parts of templates, rounds of loops, filters, operators and properties read that one rendering may take. */
export const STEPS_MAX = 10_000;
/** Characters and items that the values of one rendering may have, each counted wherever it is worked on. */
export const VALUES_MAX = 200_000;
/** UTF-16 units that one rendering may write, captured text included. */
export const OUTPUT_MAX = 200_000;

/** One rendering has taken all that it may. */
export class OverLimit extends Error {}

/** What a loop tells of itself. Whatever else liquidjs's object has, such as what counts its rounds, words neither read nor call. */
const LOOP_FIELDS: ReadonlySet<unknown> = new Set(["index", "index0", "first", "last", "rindex", "rindex0", "length", "name"]);

/** liquidjs asks a limiter for the time, which stands still in Workers while code runs; this one is made once and never asked. */
const idle = new Context().renderLimit;

/**
 * What one rendering for one person knows and may take. Its work is bounded by counting: steps, the size of values that it works on and
 * what it writes. It reads only what values own.
 */
export class PersonContext extends Context {
  readonly reading: Reading;
  readonly form: TextForm;
  #steps = 0;
  #values = 0;
  #written = 0;

  constructor(scope: object, reading: Reading, form: TextForm, liquid: Liquid) {
    super(scope, liquid.options, { sync: true }, { renderLimit: idle, liquid });
    this.reading = reading;
    this.form = form;
    // liquidjs's own filters count what they make here.
    this.memoryLimit.use = (count) => this.charge(count);
  }

  /** Counts one step. */
  step(): void {
    if (++this.#steps > STEPS_MAX) throw new OverLimit(`the template takes more than ${STEPS_MAX} steps`);
  }

  /** Counts the size of a value that is worked on. */
  charge(size: number): void {
    if (!(size > 0)) return;
    this.#values += size;
    if (this.#values > VALUES_MAX)
      throw new OverLimit(`the values that the template works on have more than ${VALUES_MAX} characters and items`);
  }

  /** Counts what is written. */
  written(units: number): void {
    this.#written += units;
    if (this.#written > OUTPUT_MAX) throw new OverLimit(`the text becomes longer than ${OUTPUT_MAX} characters`);
  }

  /** Properties are a value's own, and of liquidjs's objects those of loops that have names. A text has only its size, since an index would cut its characters; a map has no size. */
  override readProperty(holder: object, key: unknown): unknown {
    this.step();
    if (typeof key !== "string" && typeof key !== "number") throw new Error("what stands in [ ] must be a text or a number");
    if (holder instanceof Drop && !LOOP_FIELDS.has(key)) return undefined;
    if (key === "size" || typeof holder === "string") {
      const sized = typeof holder === "string" || Array.isArray(holder);
      if (key === "size" ? !sized && !ownsSize(holder) : sized) return undefined;
    }
    return super.readProperty(holder, key);
  }
}

function ownsSize(holder: unknown): boolean {
  return holder !== null && typeof holder === "object" && Object.hasOwn(holder, "size");
}
