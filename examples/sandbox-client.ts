import { z } from "zod";
import type { Book, BookEntry } from "./reconcile.ts";

const bookText = z.looseObject({
  n: z.number(),
  to: z.string(),
  status: z.string(),
  status_callback: z.string().nullable(),
  reference: z.string().nullable(),
  accepted_at: z.iso.datetime(),
});
const bookPage = z.object({
  totals: z.looseObject({ accepted: z.number(), handset_messages: z.number() }),
  messages: z.array(bookText),
});

/** The control side of the sandbox carrier, which no real carrier has. */
export interface SandboxClient {
  setFaults(faults: unknown): Promise<void>;
  /** Every text that the carrier took, oldest first, and its own sums. */
  readBook(): Promise<Book>;
}

export function sandboxClient(origin: string): SandboxClient {
  return {
    async setFaults(faults) {
      await ask(`${origin}/control/faults`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(faults),
      });
    },
    async readBook() {
      const texts: BookEntry[] = [];
      for (let after = 0; ; ) {
        const { totals, messages } = bookPage.parse(await ask(`${origin}/control/book?after=${after}`));
        const last = messages.at(-1);
        if (last === undefined) return { texts, accepted: totals.accepted, handset_messages: totals.handset_messages };
        texts.push(...messages.map(entryOf));
        after = last.n;
      }
    },
  };
}

/** The router gives its message id as the carrier's reference, or in the callback's address. A call for many names none of its messages. */
function entryOf(text: z.infer<typeof bookText>): BookEntry {
  const inAddress = text.status_callback === null ? null : new URL(text.status_callback).searchParams.get("m");
  const reference = text.reference?.startsWith("batch.") ? null : text.reference;
  return { message: reference ?? inAddress ?? undefined, to: text.to, status: text.status, accepted_at: Date.parse(text.accepted_at) };
}

async function ask(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${init?.method ?? "GET"} ${url} answered ${response.status}: ${text.slice(0, 500)}`);
  return text === "" ? undefined : JSON.parse(text);
}
