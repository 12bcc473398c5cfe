import type { Channel } from "../vocabulary/classes.ts";
import type { RenderedContent, SegmentCount } from "../vocabulary/content.ts";

/** What one person reads on one channel. */
export interface Words {
  readonly kind: "words";
  /** The locale of the text that was chosen, as the catalog writes it. */
  readonly locale: string;
  /** As the person reads it, an SMS signed; of a richer channel what it degrades to. */
  readonly text: string;
  /** The same without the signature, for carriers that put it there. */
  readonly body: string;
  /** What the channel carries besides; left out where there is nothing. */
  readonly content?: RenderedContent;
  /** Of SMS alone: what `text` takes. */
  readonly count?: SegmentCount;
  /** Segments that plainer characters have spared, where they have. */
  readonly saved?: number;
  /** The short form of the text was taken. */
  readonly short?: true;
}

/** No words can be made, and why: a short sentence without values of the event's data. */
export interface Unrenderable {
  readonly kind: "unrenderable";
  readonly why: string;
}

export type RenderedWords = Words | Unrenderable;

export function unrenderable(why: string): Unrenderable {
  return { kind: "unrenderable", why };
}

export function noWordsFor(channel: Channel): Unrenderable {
  return unrenderable(`the notice has no words for ${channel}`);
}

export const EMPTY_TEXT = "the text is empty";
