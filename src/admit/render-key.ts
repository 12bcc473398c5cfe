import type { KeyedHash } from "../support/keyed-hash.ts";
import { type LiquidScope, renderText } from "../support/liquid.ts";
import type { Event } from "../vocabulary/event.ts";

/** What templates and conditions see of a recipient. */
export interface SeenRecipient {
  readonly id: string;
  readonly tags: readonly string[];
  readonly locale: string | undefined;
}

/** What templates and conditions see: the event's attributes, its `data`, and `recipient`. */
export function scopeOf(event: Event, recipient: SeenRecipient): LiquidScope {
  const { extensions, ...attributes } = event;
  return { ...extensions, ...attributes, recipient };
}

/** The hash of a rendered key in one use of it; undefined where it renders empty or not at all, which matches nothing. */
export function renderKey(template: string, scope: LiquidScope, hash: KeyedHash, ...use: readonly string[]): string | undefined {
  const key = renderText(template, scope);
  return key === undefined || key.trim() === "" ? undefined : hash(...use, key);
}
