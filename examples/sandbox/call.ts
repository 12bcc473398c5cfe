/** The vendors whose wires the sandbox speaks. */
export const CARRIERS = ["twilio", "alibaba", "tencent"] as const;
export type CarrierName = (typeof CARRIERS)[number];

export const CHANNELS = ["sms", "rcs"] as const;
export type Channel = (typeof CHANNELS)[number];

/** What is refused, by the vendor's code; each wire has the sentence and the status that go with it. */
export interface Refusal {
  code: number | string;
  /** What the vendor's sentence quotes. */
  value?: string;
  /** Seconds for the Retry-After header. */
  retry_after?: number;
}

/** A text that the vendor has approved, by its code, and what fills it: by name at Alibaba, by place at Tencent. */
export interface TemplateUse {
  code: string;
  params: Record<string, string> | string[];
}

/** One text for one number, as a wire has read it. */
export interface Draft {
  /** The vendor's id of the message; no two are equal. */
  sid: string;
  /** The id that the caller is told: the sid, or one that the whole call shares. */
  told_id: string;
  to: string;
  /** E.164, without a channel's prefix such as `rcs:`. */
  handset: string;
  /** A sender, or the sign that stands before the text. */
  from: string;
  /** What the handset shows; the book writes it where there is a template. */
  body: string;
  template?: TemplateUse;
  media: string[];
  messaging_service_sid: string | null;
  /** Where receipts shall go; null where nobody wants them. */
  callback: string | null;
  /** The caller's own reference, where the vendor keeps one. */
  reference: string | null;
  /** Why the vendor will not send it to this number. */
  refusal?: Refusal;
}

/** A call that wants texts sent; its caller has proven who he is. Plain data: it goes to the book as it is. */
export interface SendCall {
  carrier: CarrierName;
  channel: Channel;
  /** Account sid, access key id, or SdkAppId. */
  account: string;
  action: string;
  /** May be used once, where the vendor has such a thing. */
  nonce?: string;
  /** What is wrong with the call by itself, whatever the book holds. */
  refusal?: Refusal;
  texts: Draft[];
}

/** A call that asks and changes nothing. */
export interface Question {
  carrier: CarrierName;
  account: string;
  action: string;
  nonce?: string;
  /** The number that is asked after, E.164; empty where none is. */
  to: string;
}
