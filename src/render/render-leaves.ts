import { type Reading, renderForPerson, type TextForm } from "./engine/text-engine.ts";

/** Renders the leaves of one message. What cannot be rendered is a fault, and then the message has no words at all. */
export interface Leaves {
  /** Why leaves could not be rendered, in the order in which they were asked for. */
  readonly faults: readonly string[];
  /** A text that must not be empty. */
  needed(name: string, template: string): string;
  /** The same on one line: a line break in a subject would begin another header. */
  neededLine(name: string, template: string): string;
  /** A text, a line or HTML with its values escaped; undefined where it is not given or renders empty. */
  text(name: string, template: string | undefined): string | undefined;
  line(name: string, template: string | undefined): string | undefined;
  html(name: string, template: string | undefined): string | undefined;
  /** What a tap opens or a picture is fetched from. An address that would run as a script is a fault. */
  address(name: string, template: string | undefined): string | undefined;
}

const LINE_BREAKS = /\s*[\r\n\v\f\u0085\u2028\u2029]+\s*/g;
/** Browsers skip white space and control characters in a scheme. */
const SKIPPED = /[\s\p{Cc}]/gu;
const SCRIPT = /^(?:javascript|vbscript|data):/i;
const UNFIT_FOR_ADDRESS = /[\s\p{Cc}<>"]/gu;

export function leavesFor(scope: Readonly<Record<string, unknown>>, reading: Reading): Leaves {
  const faults: string[] = [];
  const rendered = (name: string, template: string, form: TextForm = "text"): string => {
    const made = renderForPerson(template, scope, reading, form);
    if (made.kind === "text") return made.text.trim();
    faults.push(`${name}: ${made.why}`);
    return "";
  };
  const needed = (name: string, template: string): string => {
    const known = faults.length;
    const text = rendered(name, template);
    if (text === "" && faults.length === known) faults.push(`the ${name} is empty`);
    return text;
  };
  const optional = (name: string, template: string | undefined, form?: TextForm): string | undefined =>
    (template === undefined ? undefined : rendered(name, template, form)) || undefined;
  return {
    faults,
    needed,
    neededLine: (name, template) => oneLine(needed(name, template)),
    text: (name, template) => optional(name, template),
    line(name, template) {
      const text = optional(name, template);
      return text && oneLine(text);
    },
    html: (name, template) => optional(name, template, "html"),
    address(name, template) {
      const text = optional(name, template);
      if (text !== undefined && SCRIPT.test(text.replace(SKIPPED, ""))) faults.push(`${name}: it is a script and no address to open`);
      return text?.replace(UNFIT_FOR_ADDRESS, encodeURIComponent);
    },
  };
}

function oneLine(text: string): string {
  return text.replace(LINE_BREAKS, " ");
}
