import type { BookTables } from "./book-tables.ts";
import { combineFaults, type FaultEffects } from "./fault-effects.ts";
import { drawBatch, type FaultCall, type FaultSettings } from "./faults.ts";

/** Draws the faults of the texts of one call and remembers that it did. Without rules nothing is written. */
export function strikeTexts(tables: BookTables, faults: FaultSettings, texts: readonly Omit<FaultCall, "occurrence">[]): FaultEffects[] {
  if (faults.rules.length === 0) return texts.map(() => combineFaults([]));
  const calls = texts.map((text) => {
    const repeated = JSON.stringify([text.to, text.body]);
    const occurrence = tables.countOf("occurrence", repeated);
    tables.count("occurrence", repeated);
    return { ...text, occurrence };
  });
  const strikes = drawBatch(faults, calls, (index) => tables.countOf("strike", String(index)));
  for (const { index, rule } of strikes.all) {
    tables.count("strike", String(index));
    tables.count("fault", rule.fault);
  }
  return strikes.texts.map(combineFaults);
}
