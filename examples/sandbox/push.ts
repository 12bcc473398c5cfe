import type { Message, Receipt } from "./message.ts";

/** A receipt that is to be told now. */
export interface DueReceipt {
  message: Message;
  receipt: Receipt;
}

/** A post as a vendor makes it. */
export interface Push {
  headers: Record<string, string>;
  body: string | URLSearchParams;
}

/** How a post went; the status is null when there was no answer. */
export interface PostResult {
  http_status: number | null;
  taken: boolean;
}
