import { pause } from "../support/clock.ts";
import { randomFraction } from "../support/random.ts";

/** What D1 says of failures that pass by themselves (its page on retrying queries); it retries reads alone. */
const PASSING = /Network connection lost|storage caused object to be reset|reset because its code was updated/;
const TRIES = 3;
const PAUSE_MS = 50;

/**
 * Makes a write that may be made twice, and once more where D1 lost it by a failure that passes. One that is overloaded is not asked
 * again: that would add to its load.
 */
export async function writeAgain<Answer>(write: () => Promise<Answer>): Promise<Answer> {
  for (let tried = 1; ; tried++) {
    try {
      return await write();
    } catch (error) {
      if (tried === TRIES || !(error instanceof Error) || !PASSING.test(error.message)) throw error;
      await pause(PAUSE_MS * 2 ** tried * (0.5 + randomFraction()));
    }
  }
}
