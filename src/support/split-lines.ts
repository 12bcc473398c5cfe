/** A line of a stream of text by its number, from 1; `unreadable` where it is too long or not UTF-8, with why. */
export type Line = { readonly n: number; readonly text: string } | { readonly n: number; readonly unreadable: string };

const LF = 0x0a;
const CR = 0x0d;
const BOM = "\ufeff";

/**
 * Cuts a stream of bytes into lines, wherever its chunks end: lines end by LF or CRLF, the last one also by the end. A line that is longer
 * than `maxBytes` (its end not counted) is told and skipped without being held. Holds at most `maxBytes` and one byte besides the chunk.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** What there is of the line under way. */
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #tooLong = false;
  #n = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of the line under way that are held. */
  get heldBytes(): number {
    return this.#parts.reduce((sum, part) => sum + part.byteLength, 0);
  }

  /** The lines that end in this chunk, one after the other as they are asked for; all of them, before the next chunk comes. */
  *push(chunk: Uint8Array): Generator<Line> {
    let begin = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, begin)) {
      this.#take(chunk.subarray(begin, end));
      begin = end + 1;
      yield this.#line();
    }
    this.#take(chunk.subarray(begin));
  }

  /** The last line, where the stream does not end by the end of one. */
  *end(): Generator<Line> {
    if (this.#bytes > 0) yield this.#line();
  }

  /** Copies: a line that waits for its end does not keep its whole chunk. */
  #take(part: Uint8Array): void {
    this.#bytes += part.byteLength;
    // One byte more may be the CR of the line's end.
    this.#tooLong ||= this.#bytes > this.#maxBytes + 1;
    if (this.#tooLong) this.#parts = [];
    else if (part.byteLength > 0) this.#parts.push(part.slice());
  }

  #line(): Line {
    const bytes = joined(this.#parts);
    const line = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
    const tooLong = this.#tooLong || line.byteLength > this.#maxBytes;
    this.#parts = [];
    this.#bytes = 0;
    this.#tooLong = false;
    const n = ++this.#n;
    if (tooLong) return { n, unreadable: `is longer than ${this.#maxBytes} bytes; a line may have as many` };
    try {
      const text = this.#decoder.decode(line);
      return { n, text: n === 1 && text.startsWith(BOM) ? text.slice(1) : text };
    } catch {
      return { n, unreadable: "is not UTF-8; encode it as UTF-8" };
    }
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
