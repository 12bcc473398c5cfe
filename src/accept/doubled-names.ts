import { DEPTH_MAX } from "../support/depth.ts";
import { type Issue, issueAt } from "../support/issues.ts";

/** So many are told; who has more has them all by the same mistake. */
const TOLD_MAX = 200;

/** An object or a list that is open. */
interface Open {
  /** Of an object: its names so far, and whether each was told. */
  readonly names?: Map<string, boolean>;
  /** Where in it we are. */
  step: PropertyKey;
  awaitsName: boolean;
}

/**
 * The names that an object of a JSON text gives more than once, which JSON.parse takes in silence: the last has the word. The text is one
 * that JSON.parse has taken. Looks at each character once; what is nested too deeply for any reader is not looked at.
 */
export function doubledNames(text: string): Issue[] {
  const found: Issue[] = [];
  const open: Open[] = [];
  for (let at = 0; at < text.length && open.length <= DEPTH_MAX && found.length < TOLD_MAX; at++) {
    const top = open.at(-1);
    switch (text[at]) {
      case "{":
        open.push({ names: new Map(), step: "", awaitsName: true });
        break;
      case "[":
        open.push({ step: 0, awaitsName: false });
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case ",":
        if (top?.names) top.awaitsName = true;
        else if (top) top.step = Number(top.step) + 1;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (top?.names && top.awaitsName) {
          const name = String(JSON.parse(text.slice(at, end + 1)));
          const told = top.names.get(name);
          Object.assign(top, { step: name, awaitsName: false });
          if (told === false)
            found.push(
              issueAt(
                open.map(({ step }) => step),
                "stands twice; keep one",
              ),
            );
          top.names.set(name, told !== undefined);
        }
        at = end;
      }
    }
  }
  return found;
}

/** The place of the quote that closes a string: the next one that no backslash takes for itself. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
