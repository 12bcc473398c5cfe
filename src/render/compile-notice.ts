import * as z from "zod";
import { type CarrierTemplate, type Catalog, carrierTemplate, type Notice } from "../vocabulary/catalog.ts";
import { type Variables, variablesOf } from "../vocabulary/variables.ts";
import { type ChannelTemplates, channelTemplates } from "../vocabulary/words.ts";

/** A notice's words and variables, read once for as long as its catalog is cached. */
export interface CompiledNotice {
  readonly notice: Notice;
  /** What its events bring; undefined where it declares nothing. */
  readonly variables: Variables | undefined;
  /** Its words by channel; of a series those under its step's template. Undefined where there are none. */
  words(step: string | undefined): ChannelTemplates | undefined;
  /** What a carrier has approved for it; of a series under its step's template, as with words. */
  carrierTemplate(carrier: string, step: string | undefined): CarrierTemplate | undefined;
}

/** Notices live as long as the catalog that holds them, so what is compiled from one hangs on it. */
const compiled = new WeakMap<Notice, CompiledNotice>();

/** A notice of the catalog, compiled; undefined where it has none of this name. */
export function findNotice({ notices }: Pick<Catalog, "notices">, name: string): CompiledNotice | undefined {
  const notice = Object.hasOwn(notices, name) ? notices[name] : undefined;
  if (!notice) return undefined;
  const known = compiled.get(notice);
  if (known) return known;
  const fresh = compileNotice(notice);
  compiled.set(notice, fresh);
  return fresh;
}

/** The name of a step's template, which is the step's where it has none; undefined where the notice has no such step. */
export function templateNameOf({ series }: Pick<Notice, "series">, step: string | undefined): string | undefined {
  const found = series?.find((candidate) => candidate.step === step);
  return found && (found.template ?? found.step);
}

function compileNotice(notice: Notice): CompiledNotice {
  const words = kept((name: string | undefined) => wordsOf(name === undefined ? notice.templates : ownValue(notice.templates, name)));
  const approved = kept((carrier: string) =>
    kept((name: string | undefined) => {
      const own = ownValue(notice.carrier_templates, carrier);
      return carrierTemplate.safeParse(name === undefined ? own : ownValue(own, name)).data;
    }),
  );
  return {
    notice,
    variables: notice.data && variablesOf(notice.data),
    words: (step) => words(templateNameOf(notice, step)),
    carrierTemplate: (carrier, step) => approved(carrier)(templateNameOf(notice, step)),
  };
}

const { sms, rcs, email, push, chat, inbox } = channelTemplates.shape;

/**
 * Words that a channel's schema does not take are none for that channel and do not harm the others: a message remembers the catalog that
 * made it, which may have been published under older schemas.
 */
const readableWords = z.object({
  sms: sms.catch(undefined),
  rcs: rcs.catch(undefined),
  email: email.catch(undefined),
  push: push.catch(undefined),
  chat: chat.catch(undefined),
  inbox: inbox.catch(undefined),
});

function wordsOf(templates: unknown): ChannelTemplates | undefined {
  return readableWords.safeParse(templates).data;
}

function ownValue(holder: unknown, key: string): unknown {
  return holder !== null && typeof holder === "object" && Object.hasOwn(holder, key) ? Reflect.get(holder, key) : undefined;
}

/** Reads a key once. Keys are names that the catalog has, or one of the few that are asked for in vain. */
function kept<Key, Value>(read: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, { readonly value: Value }>();
  return (key) => {
    const found = known.get(key) ?? { value: read(key) };
    known.set(key, found);
    return found.value;
  };
}
