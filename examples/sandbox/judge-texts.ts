import type { Draft, Refusal, SendCall } from "./call.ts";
import type { FaultEffects } from "./fault-effects.ts";
import type { Settings } from "./settings.ts";
import { templateTrouble } from "./templates.ts";
import { TRAITS } from "./traits.ts";

/** What becomes of a call: refused as a whole, or each text by itself, in the order of the texts. */
export type Judgement = { refusal: Refusal } | { texts: (Refusal | undefined)[] };

/**
 * The vendor's word on a call. Faults come first, as they would at a vendor that is in trouble, then its rate, then its rules.
 * @param admits whether the account's rate has room for this call.
 */
export function judgeTexts(call: SendCall, effects: readonly FaultEffects[], settings: Settings, admits: () => boolean): Judgement {
  const { codes, refusesNumber } = TRAITS[call.carrier];
  const struck = effects.map(({ refusal }) => refusal && { code: codes.throttled, ...refusal });
  const whole = struck.find((refusal) => refusal && !refusesNumber(refusal.code));
  if (whole) return { refusal: whole };
  if (!admits()) return { refusal: { code: codes.throttled } };
  if (call.refusal) return { refusal: call.refusal };
  const texts = call.texts.map((text, place) => struck[place] ?? text.refusal ?? refuseText(call, text, settings));
  const refusal = texts.find((found) => found && !refusesNumber(found.code));
  return refusal ? { refusal } : { texts };
}

function refuseText({ carrier }: SendCall, { handset, from, template }: Draft, settings: Settings): Refusal | undefined {
  const { codes } = TRAITS[carrier];
  if (codes.opted_out !== undefined && settings["opted-out"].numbers.includes(handset)) return { code: codes.opted_out };
  if (carrier === "twilio" || !template) return undefined;
  const signs = settings.signs[carrier];
  if (codes.sign !== undefined && from !== "" && signs.length > 0 && !signs.includes(from)) return { code: codes.sign, value: from };
  const trouble = templateTrouble(template, settings.templates[carrier]);
  const code = trouble && codes[trouble];
  return code === undefined ? undefined : { code, value: template.code };
}
