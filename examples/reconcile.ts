/** What the router says of one message. */
export interface RouterMessage {
  readonly id: string;
  readonly notice: string;
  readonly state: string;
  readonly reason?: string | undefined;
  /** Answers of the carrier in order; `none` where a call had no answer. */
  readonly answers: readonly string[];
}

/** What the carrier's own book says of one text that it took. */
export interface BookEntry {
  /** The router's message, as the callback's address names it. */
  readonly message: string | undefined;
  readonly to: string;
  readonly status: string;
  readonly accepted_at: number;
}

/** The carrier's book: its texts, and the sums that it keeps by itself. */
export interface Book {
  readonly texts: readonly BookEntry[];
  /** Calls that it took. */
  readonly accepted: number;
  /** Texts that reached a handset. */
  readonly handset_messages: number;
}

export interface Reconciliation {
  /** Texts in the carrier's book. */
  readonly texts: number;
  /** Messages that have a text there. */
  readonly messages_with_text: number;
  /** Texts beyond the first of their message, which the class of the message permits. */
  readonly resent: number;
  /** What does not add up, one sentence each; empty is what is wanted. */
  readonly problems: readonly string[];
}

/** States that end a message (docs/delivery.md). */
const FINAL: ReadonlySet<string> = new Set([
  "delivered",
  "undelivered",
  "suppressed",
  "expired",
  "failed",
  "canceled",
  "unknown",
  "merged",
]);
/** A message in one of these has been taken by the carrier at least once. */
const WITH_TEXT: ReadonlySet<string> = new Set(["sent", "delivered", "undelivered", "unknown"]);
/** Answers that leave open whether the text was taken. */
const UNCLEAR: ReadonlySet<string> = new Set(["unclear", "none"]);

export function isFinalState(state: string): boolean {
  return FINAL.has(state);
}

/** Holds the router's messages against the carrier's book. `mayResend` says whether a notice's class permits a second text after an unclear call. */
export function reconcile(messages: readonly RouterMessage[], book: Book, mayResend: (notice: string) => boolean): Reconciliation {
  const texts = Map.groupBy(book.texts, (text) => text.message);
  const known = new Set(messages.map((message) => message.id));
  const strangers = book.texts.filter((text) => text.message === undefined || !known.has(text.message)).length;
  const problems = messages.flatMap((message) => problemsOf(message, texts.get(message.id) ?? [], mayResend));
  const withText = messages.filter((message) => texts.has(message.id)).length;
  const delivered = book.texts.filter((text) => text.status === "delivered").length;
  if (strangers > 0) problems.push(`${strangers} texts in the carrier's book belong to no message`);
  if (known.size !== messages.length) problems.push(`${messages.length - known.size} messages are listed twice`);
  if (book.accepted !== book.texts.length)
    problems.push(`the carrier says that it took ${book.accepted} texts and shows ${book.texts.length}`);
  if (book.handset_messages !== delivered)
    problems.push(`the handsets hold ${book.handset_messages} texts, the carrier's book says ${delivered}`);
  return { texts: book.texts.length, messages_with_text: withText, resent: book.texts.length - strangers - withText, problems };
}

function problemsOf(message: RouterMessage, texts: readonly BookEntry[], mayResend: (notice: string) => boolean): string[] {
  const name = `${message.notice} ${message.id} (${message.state})`;
  const problems: string[] = [];
  if (!isFinalState(message.state)) problems.push(`${name} is not final`);
  if (WITH_TEXT.has(message.state) && texts.length === 0) problems.push(`${name} is not in the carrier's book`);
  if (!WITH_TEXT.has(message.state) && texts.length > 0) problems.push(`${name} has ${texts.length} texts in the carrier's book`);
  const delivered = texts.some((text) => text.status === "delivered");
  if (message.state === "delivered" && texts.length > 0 && !delivered) problems.push(`${name} never reached the handset`);
  if (message.state === "undelivered" && delivered) problems.push(`${name} reached the handset`);
  if (texts.length > 1) problems.push(...secondTextProblems(name, message, texts.length, mayResend(message.notice)));
  return problems;
}

/** A second text is in order only where the class permits it and the call before it was unclear; a third never is. */
function secondTextProblems(name: string, message: RouterMessage, texts: number, permitted: boolean): string[] {
  if (texts > 2) return [`${name} was sent ${texts} times`];
  if (!permitted) return [`${name} was sent twice, which its class forbids`];
  return message.answers.slice(0, -1).some((answer) => UNCLEAR.has(answer)) ? [] : [`${name} was sent twice without an unclear call`];
}
