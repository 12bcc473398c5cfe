import * as z from "zod";
import { FaultSettings } from "./faults.ts";

const Milliseconds = z.number().int().min(0).max(86_400_000);
const Delays = z.strictObject({
  /** After a message was taken: when the network has it, and when the handset has it. */
  sent_ms: Milliseconds,
  delivered_ms: Milliseconds,
  /** Pause after a failed callback; each further one is longer, as the vendor's are. */
  retry_ms: z.number().int().min(1).max(600_000).default(1000),
  /** Vendors that push arrays do so this often, so that more than one receipt is in them; 0 is at once. */
  gather_ms: z.number().int().min(0).max(600_000).default(0),
});
export type Delays = z.infer<typeof Delays>;

const PerSecond = z.number().int().min(0).max(10_000).nullable();
const Rate = z.strictObject({
  /** Calls that an account may make in any second; null is no limit. At Twilio a call is one message, at the others it may be many. */
  per_second: PerSecond.default(null),
  /** Of one carrier, in place of the above. */
  carriers: z.strictObject({ twilio: PerSecond.optional(), alibaba: PerSecond.optional(), tencent: PerSecond.optional() }).default({}),
});

const OptedOut = z.strictObject({ numbers: z.array(z.string().regex(/^\+[1-9]\d{6,14}$/)).max(100_000) });

/** Approved texts by their code: `{"SMS_1":"验证码${code}"}` at Alibaba, `{"1110":"验证码{1}"}` at Tencent. None: any code passes. */
const Templates = z.record(z.string().min(1), z.string().min(1)).default({});
/** Signs that are approved. None: any passes. */
const Signs = z.array(z.string().min(1)).default([]);
/** Where receipts go, by access key id or SdkAppId; what is not named here stays as the vars have it. */
const Callbacks = z.record(z.string().min(1), z.url({ protocol: /^https?$/ })).default({});

/** What calls that ask for it are told: US$ as a decimal number, and the messages of a package. Sending uses up neither. */
const Balance = z.strictObject({
  twilio: z
    .string()
    .regex(/^-?\d{1,9}(\.\d{1,5})?$/)
    .default("1000.00"),
  tencent: z.number().int().min(0).default(100_000),
});

/** All that `/control` can set: a key is a path there. */
export const Settings = z.strictObject({
  faults: FaultSettings,
  rate: Rate,
  "opted-out": OptedOut,
  delays: Delays,
  templates: z.strictObject({ alibaba: Templates, tencent: Templates }),
  signs: z.strictObject({ alibaba: Signs, tencent: Signs }),
  callbacks: z.strictObject({ alibaba: Callbacks, tencent: Callbacks }),
  balance: Balance,
});
export type Settings = z.infer<typeof Settings>;

export const SettingsPart = Settings.partial();
export type SettingsPart = z.infer<typeof SettingsPart>;

export const SettingName = Settings.keyof();
export type SettingName = z.infer<typeof SettingName>;

/** @param delays as the vars say. */
export function defaultSettings(delays: Pick<Delays, "sent_ms" | "delivered_ms">): z.input<typeof Settings> {
  return {
    faults: { seed: 0, rules: [] },
    rate: { per_second: null },
    "opted-out": { numbers: [] },
    delays: { sent_ms: delays.sent_ms, delivered_ms: delays.delivered_ms, retry_ms: 1000, gather_ms: 0 },
    templates: {},
    signs: {},
    callbacks: {},
    balance: {},
  };
}
