import { Tokenizer, type TopLevelToken, TypeGuards } from "liquidjs";
import { cheaperText } from "../sms/cheaper-text.ts";

/** Whether a run of characters at that end of the template stays a run of its own in the signed text. */
export interface TemplateEnds {
  readonly front: boolean;
  readonly behind: boolean;
}

/**
 * The template with look-alikes in its own words in GSM-7, for `encoding: smart`; undefined where nothing changes, or where it is not
 * known that rendering it and making its rendering cheaper come to the same. Look-alikes go run by run between white space, so
 * that only a run that no value can touch may be looked at by itself: what is captured is worked on before it is printed, and where
 * white space is trimmed runs meet. So: where every rendering of this is in GSM-7, that rendering is what the cheaper text is.
 */
export function cheaperTemplate(template: string, { front, behind }: TemplateEnds): string | undefined {
  const tokens = new Tokenizer(template).readTopLevelTokens();
  if (tokens.some(isCapture) || tokens.some(isTrimmed)) return undefined;
  const pieces = tokens.map((token) => {
    const source = template.slice(token.begin, token.end);
    if (!TypeGuards.isHTMLToken(token)) return source;
    return cheaperRuns(source, front && token.begin === 0, behind && token.end === template.length);
  });
  const cheaper = pieces.join("");
  return cheaper === template ? undefined : cheaper;
}

function isCapture(token: TopLevelToken): boolean {
  return TypeGuards.isTagToken(token) && token.name === "capture";
}

function isTrimmed(token: TopLevelToken): boolean {
  return TypeGuards.isHTMLToken(token) && (token.trimLeft > 0 || token.trimRight > 0);
}

/** Runs at the ends stay where something may stand beside them. What becomes Liquid by it stays too. */
function cheaperRuns(source: string, front: boolean, behind: boolean): string {
  return source.replace(/\S+|\s+/gu, (run, at: number) => {
    const alone = (at > 0 || front) && (at + run.length < source.length || behind);
    const isSpace = run.trim() === "";
    const cheaper = alone || isSpace ? cheaperText(run) : run;
    return /[{}%]/.test(cheaper) ? run : cheaper;
  });
}
