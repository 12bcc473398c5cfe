import { CORE_SCHEMA, load, mergeTag, YAMLException } from "js-yaml";
import { DEPTH_MAX } from "../support/depth.ts";
import { fine, type Outcome, type Rejected, wrong } from "./problem.ts";

const SCHEMA = CORE_SCHEMA.withTags(mergeTag);
/** Most that a text may stand for once its anchors are written out: what it may have without any, or what a small one may make of itself. */
const roomOf = ({ length }: string): Room => ({
  values: Math.min(2_000_000, Math.max(50_000, length / 2)),
  characters: Math.min(16 * 1024 * 1024, Math.max(1_000_000, length * 4)),
});

/** What is left of what a text may stand for. */
interface Room {
  values: number;
  characters: number;
}

/** YAML 1.2 with merge keys, of which JSON is a part, as plain values: anchors are written out, so that nothing stands in two places at once. */
export function parseYaml(text: string): Outcome<unknown> {
  try {
    const value = load(text, { schema: SCHEMA, maxDepth: DEPTH_MAX });
    return fine(writtenOut(value, roomOf(text), 0));
  } catch (error) {
    if (error instanceof Unwritten) return notYaml(error.message);
    if (!(error instanceof YAMLException)) return notYaml("it cannot be read");
    const { reason, mark } = error;
    return notYaml(mark ? `${reason}, line ${mark.line + 1}, column ${mark.column + 1}` : reason);
  }
}

function notYaml(why: string): Rejected {
  return wrong("bad-yaml", `The body is not YAML that a catalog can be written in: ${why}.`);
}

/** Says what keeps a value from being written out. */
class Unwritten extends Error {}

function writtenOut(value: unknown, room: Room, depth: number): unknown {
  if (--room.values < 0) throw new Unwritten("its anchors stand for too much");
  if (depth > DEPTH_MAX) throw new Unwritten("it is nested too deeply, or an anchor stands within itself");
  if (Array.isArray(value)) return value.map((inner) => writtenOut(inner, room, depth + 1));
  if (value !== null && typeof value === "object")
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        if (key === "__proto__") throw new Unwritten("it has a key __proto__, which is not taken");
        return [key, writtenOut(inner, room, depth + 1)];
      }),
    );
  if (typeof value === "string") {
    room.characters -= value.length;
    if (room.characters < 0) throw new Unwritten("its anchors stand for too much");
  }
  // JSON has no infinite numbers, writes null for them, and knows one zero.
  return typeof value === "number" ? (Number.isFinite(value) ? value + 0 : null) : value;
}
