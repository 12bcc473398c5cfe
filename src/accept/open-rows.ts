import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";
import { problemOf } from "./problem.ts";

/** What stands by a row that could not be opened. */
export const UNREADABLE = {
  problem: problemOf("unreadable", "It is sealed under a key that is not in SEALING_KEYS, or somebody changed it."),
};

/** Opens the rows of one answer. What cannot be opened is undefined, spoils no other row, and stands in the log once, by its `key`. */
export function rowOpener(tenant: string): <View>(key: string, open: () => Promise<View>) => Promise<View | undefined> {
  let told = false;
  return async (key, open) => {
    try {
      return await open();
    } catch (error) {
      if (!told) log("error", "row.unreadable", { tenant, key, error: errorName(error) });
      told = true;
      return undefined;
    }
  };
}
