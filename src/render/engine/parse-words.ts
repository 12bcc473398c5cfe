import { closest } from "fastest-levenshtein";
import { type Liquid, LiquidError, ParseError, Parser, type Template, type TopLevelToken, TypeGuards } from "liquidjs";
import { TEMPLATE_MAX } from "../../vocabulary/words.ts";
import { checkPart, depthOf } from "./check-parts.ts";
import { filterNames, INNER_TAGS, messageOf, tagNames } from "./liquid-engine.ts";

/** Tags inside tags. */
const NESTED_MAX = 24;
/** Brackets inside brackets of one expression. */
const BRACKETS_MAX = 4;

/** Parses a template and checks all of it, every branch; throws a LiquidError or an Error that says in its first line what is wrong. */
export function parseWords(template: string, engine: Liquid): Template[] {
  if (template.length > TEMPLATE_MAX) throw new Error(`the template has more than ${TEMPLATE_MAX} characters`);
  return new WordsParser(engine).parse(template);
}

/** liquidjs's parser calls `parseToken` for each part, and so for those within a tag from within the tag's own call. */
class WordsParser extends Parser {
  #depth = 0;

  /** Expressions are only read later, by functions that call themselves for each bracket. */
  override parseTokens(tokens: TopLevelToken[]): Template[] {
    for (const token of tokens)
      if (TypeGuards.isDelimitedToken(token) && depthOf(token.content) > BRACKETS_MAX)
        throw new ParseError(new Error(`brackets are nested more than ${BRACKETS_MAX} deep`), token);
    return super.parseTokens(tokens);
  }

  override parseToken(token: TopLevelToken, rest: TopLevelToken[]): ReturnType<Parser["parseToken"]> {
    this.#depth++;
    try {
      if (this.#depth > NESTED_MAX) throw new Error(`tags are nested more than ${NESTED_MAX} deep`);
      if (TypeGuards.isTagToken(token)) checkTag(token.name);
      const part = super.parseToken(token, rest);
      checkPart(part);
      return part;
    } catch (error) {
      throw explained(error, token);
    } finally {
      this.#depth--;
    }
  }
}

function checkTag(name: string): void {
  if (tagNames.includes(name)) return;
  const outer = Object.hasOwn(INNER_TAGS, name) ? INNER_TAGS[name] : undefined;
  if (outer !== undefined) throw new Error(`${name} stands outside of ${outer}`);
  throw new Error(`there is no tag ${name}; the closest one is ${closest(name, [...tagNames])}`);
}

/** liquidjs finds unknown filters, but not what may have been meant. */
function explained(error: unknown, token: TopLevelToken): unknown {
  const cause = LiquidError.is(error) ? error.originalError : error;
  const [, filter] = /^undefined filter: (\S+)/.exec(messageOf(cause)) ?? [];
  if (filter !== undefined)
    return new ParseError(new Error(`there is no filter ${filter}; the closest one is ${closest(filter, [...filterNames])}`), token);
  return LiquidError.is(error) ? error : new ParseError(error instanceof Error ? error : new Error(messageOf(error)), token);
}
