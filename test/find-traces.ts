import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Where a text stands in bytes, and how it is written there. */
export interface Trace {
  readonly file: string;
  readonly written: string;
  readonly at: number;
  /** The bytes around it, what cannot be printed as dots. */
  readonly around: string;
}

/** A text to look for. One shorter than six bytes stands everywhere by chance. */
const BYTES_MIN = 6;
const AROUND_BYTES = 60;
/** 13 figures that begin with 1 are an instant in milliseconds. */
const INSTANT = /^1\d{12}$/;

/** Every way of writing a text that is looked for: bytes by the name of the encoding. */
export function writingsOf(text: string): ReadonlyMap<string, Buffer> {
  const plain = Buffer.from(text);
  if (plain.length < BYTES_MIN) throw new Error(`${text} is too short to be looked for`);
  const percent = encodeURIComponent(text);
  const everyByte = [...plain].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const escaped = [...text].map((one) => (one > "\x7f" ? escapeOf(one) : one)).join("");
  const base64 = [0, 1, 2].flatMap((pad) => {
    const inside = insideBase64(plain, pad);
    return [
      [`base64 at ${pad}`, inside],
      [`base64url at ${pad}`, inside.replaceAll("+", "-").replaceAll("/", "_")],
    ] as const;
  });
  const texts = [
    ["percent-encoded", percent],
    ["percent-encoded, lower case", percent.toLowerCase()],
    ["percent-encoded, every byte", everyByte],
    ["percent-encoded, every byte, upper case", everyByte.toUpperCase()],
    ["JSON escapes", escaped],
    ["JSON escapes, upper case", escaped.replaceAll(/\\u[0-9a-f]{4}/g, (one) => `\\u${one.slice(2).toUpperCase()}`)],
    ["hexadecimal", plain.toString("hex")],
    ["hexadecimal, upper case", plain.toString("hex").toUpperCase()],
    ...base64,
  ] as const;
  const wide = Buffer.from(text, "utf16le");
  const ways = new Map<string, Buffer>([
    ["plain", plain],
    ["UTF-16, little end first", wide],
    ["UTF-16, big end first", Buffer.from(wide).swap16()],
  ]);
  const known = new Set([text]);
  for (const [name, written] of texts) {
    if (!known.has(written)) ways.set(name, Buffer.from(written));
    known.add(written);
  }
  return ways;
}

function escapeOf(character: string): string {
  return Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");
}

/** The part of a base64 text that is the same whatever stands around it; `pad` bytes of three are before it. */
function insideBase64(bytes: Buffer, pad: number): string {
  const text = Buffer.concat([Buffer.alloc(pad), bytes, Buffer.alloc(3)]).toString("base64");
  return text.slice(Math.ceil((pad * 8) / 6), Math.floor(((pad + bytes.length) * 8) / 6));
}

/** Where these texts stand in bytes, in any writing; the first place of each writing. */
export function tracesIn(file: string, bytes: Buffer, texts: readonly string[]): Trace[] {
  return texts.flatMap((text) =>
    [...writingsOf(text)].flatMap(([written, pattern]) => {
      const at = placeOf(bytes, pattern);
      return at < 0 ? [] : [{ file, written: `${text}, ${written}`, at, around: around(bytes, at, pattern.length) }];
    }),
  );
}

function placeOf(bytes: Buffer, pattern: Buffer): number {
  for (let at = bytes.indexOf(pattern); at >= 0; at = bytes.indexOf(pattern, at + 1)) if (!INSTANT.test(figuresAt(bytes, at))) return at;
  return -1;
}

/** The run of figures of which this byte is one. */
function figuresAt(bytes: Buffer, at: number): string {
  const isFigure = (place: number): boolean => (bytes[place] ?? 0) >= 0x30 && (bytes[place] ?? 0) <= 0x39;
  let [from, to] = [at, at];
  while (isFigure(from - 1)) from--;
  while (isFigure(to)) to++;
  return bytes.toString("latin1", from, to);
}

function around(bytes: Buffer, at: number, length: number): string {
  return bytes.toString("latin1", Math.max(0, at - AROUND_BYTES), at + length + AROUND_BYTES).replaceAll(/[^\x20-\x7e]/g, ".");
}

/** Where these texts stand in the files of a folder, whatever is in it. */
export function tracesInFolder(folder: string, texts: readonly string[], leaveOut: (file: string) => boolean = () => false): Trace[] {
  return filesIn(folder)
    .filter((file) => !leaveOut(file))
    .flatMap((file) => tracesIn(file, readFileSync(join(folder, file)), texts));
}

/** All files of a folder and below it, by their paths in it. */
export function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
