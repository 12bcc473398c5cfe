import { doubledNames } from "./doubled-names.ts";
import { invalidIn, type Outcome, wrong } from "./problem.ts";
import { mediaTypeOf, parseJson, readText } from "./read-json.ts";
import { parseYaml } from "./read-yaml.ts";

/** A catalog of some 5,000 notices; an invocation has 128 MB for the text and for what is made of it. */
const CATALOG_MAX_BYTES = 16 * 1024 * 1024;
/** YAML (RFC 9512), and what it was called before. */
const YAML_TYPES = new Set(["application/yaml", "application/x-yaml", "text/yaml"]);

/** A catalog as it was sent, JSON or YAML, still unchecked. */
export async function readCatalogBody(request: Request): Promise<Outcome<unknown>> {
  const type = mediaTypeOf(request);
  const isYaml = YAML_TYPES.has(type) || type.endsWith("+yaml");
  if (!isYaml && type !== "application/json" && !type.endsWith("+json"))
    return wrong("unsupported-media-type", `The content type is ${type}. Send application/json or application/yaml.`);
  const text = await readText(request, CATALOG_MAX_BYTES);
  if (!text.ok) return text;
  return isYaml ? parseYaml(text.value) : parseSingleJson(text.value);
}

/** JSON that gives no name twice in one object: of two notices of one name the first would be lost in silence. */
export function parseSingleJson(text: string): Outcome<unknown> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const doubled = doubledNames(text);
  return doubled.length > 0 ? invalidIn("The body", doubled) : json;
}
