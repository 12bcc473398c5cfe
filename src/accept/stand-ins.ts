import type { TakingTerms } from "./take-malformed.ts";

/** No duration that a notice may have is longer. */
export const LONGEST = "P99999D";

const LIVES_LONG = { ttl: LONGEST };
const CAP = { max: 1, per: "P1D", over: "defer" };
const WINDOW = { key: "x", window: "PT1H" };

/** Stand for values that others are held against, by where they stand in a catalog; `*` is any name or place. */
const STAND_INS: Readonly<Record<string, unknown>> = {
  notices: {},
  "brand.name": "x",
  "defaults.locale": "en",
  "defaults.currency": "CNY",
  classes: { verification: LIVES_LONG, transactional: LIVES_LONG, service: LIVES_LONG, marketing: LIVES_LONG },
  "classes.*": LIVES_LONG,
  "carriers.*.adapter": "?",
  "carriers.*.base_url": "https://x.invalid",
  "carriers.*.settings": {},
  "carriers.*.per_second": 10_000,
  "notices.*.class": "verification",
  "notices.*.channels": ["sms"],
  "notices.*.to": "recipient:x",
  ...under("notices.*.dedupe", WINDOW),
  ...under("notices.*.digest", { ...WINDOW, max: 1 }),
  ...under("notices.*.cancel", { key: "x", on: ["x"] }),
  "notices.*.series.*.from": "time",
  "notices.*.series.*.offset": "P0D",
  ...under("notices.*.caps.*", CAP),
  ...under("classes.*.caps.*", CAP),
  ...under("notices.*", LIVES_LONG, false),
  ...under("classes.*", LIVES_LONG, false),
};

/** A map stands in whole, and each of its entries for itself. */
function under(at: string, map: Readonly<Record<string, unknown>>, whole = true): Record<string, unknown> {
  return { ...(whole ? { [at]: map } : {}), ...Object.fromEntries(Object.entries(map).map(([key, value]) => [`${at}.${key}`, value])) };
}

/** How a catalog is read without what is malformed in it. */
export const CATALOG_TAKING: Pick<TakingTerms, "whole" | "standIn"> = {
  standIn([section = "", ...steps]) {
    return STAND_INS[
      [section, ...steps.map((step, at) => ((at === 0 && NAMED.has(section)) || /^\d+$/.test(step) ? "*" : step))].join(".")
    ];
  },
  /** A variable means nothing without what is known of it. */
  whole(path) {
    const [section, , member, , ...steps] = path;
    if (section !== "notices" || member !== "data") return path;
    let variable = 4;
    for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
      if (step === "of") variable += 1;
      else if (step === "fields" && steps.shift() !== undefined) variable += 2;
      else break;
    }
    return path.slice(0, variable);
  },
};

const NAMED = new Set(["notices", "carriers", "classes"]);
