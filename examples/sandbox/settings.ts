import { z } from "zod";
import { FaultSettings } from "./faults";

const Milliseconds = z.number().int().min(0).max(86_400_000);
const Delays = z.strictObject({
  /** After a message was taken: when the network has it, and when the handset has it. */
  sent_ms: Milliseconds,
  delivered_ms: Milliseconds,
  /** Pause after a failed callback; it doubles with each further try. */
  retry_ms: z.number().int().min(1).max(600_000).default(1000),
});
export type Delays = z.infer<typeof Delays>;

const Rate = z.strictObject({
  /** Messages that an account may create in any second; null is no limit. */
  per_second: z.number().int().min(0).max(10_000).nullable(),
});
const OptedOut = z.strictObject({ numbers: z.array(z.string().regex(/^\+[1-9]\d{6,14}$/)).max(100_000) });

/** All that `/control` can set: a key is a path there. */
export const Settings = z.strictObject({ faults: FaultSettings, rate: Rate, "opted-out": OptedOut, delays: Delays });
export type Settings = z.infer<typeof Settings>;

export const SettingsPart = Settings.partial();
export type SettingsPart = z.infer<typeof SettingsPart>;

export const SettingName = Settings.keyof();
export type SettingName = z.infer<typeof SettingName>;

/** @param delays as the vars say. */
export function defaultSettings(delays: Pick<Delays, "sent_ms" | "delivered_ms">): Settings {
  return {
    faults: { seed: 0, rules: [] },
    rate: { per_second: null },
    "opted-out": { numbers: [] },
    delays: { sent_ms: delays.sent_ms, delivered_ms: delays.delivered_ms, retry_ms: 1000 },
  };
}
