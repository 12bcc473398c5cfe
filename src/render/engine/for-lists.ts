import { type Context, type Emitter, evalTokenValue, ForTag, TypeGuards } from "liquidjs";
import { kindOf } from "./filters/filter.ts";
import { PersonContext } from "./filters/person-context.ts";

/** Bounds of a range lie this near to nothing: beyond 2^53 adding one changes nothing, and liquidjs would never come to the end. */
const RANGE_BOUND_MAX = 1_000_000_000;

/** liquidjs's `for`, over lists, maps and ranges alone, whose size is counted before it is made. */
export class ForLists extends ForTag {
  override *render(context: Context, emitter: Emitter): ReturnType<ForTag["render"]> {
    const { collection } = this;
    if (TypeGuards.isRangeToken(collection)) {
      checkBound(yield* evalTokenValue(collection.lhs, context));
      checkBound(yield* evalTokenValue(collection.rhs, context));
    } else {
      checkCollection(yield* evalTokenValue(collection, context), context);
    }
    return yield* super.render(context, emitter);
  }
}

function checkBound(bound: unknown): void {
  if (!(Math.abs(Number(typeof bound === "string" || typeof bound === "number" ? bound : Number.NaN)) <= RANGE_BOUND_MAX))
    throw new Error(`a range goes from one number to another, neither beyond ${RANGE_BOUND_MAX}`);
}

function checkCollection(value: unknown, context: Context): void {
  if (value === null || typeof value !== "object") throw new Error(`for takes a list and was given ${kindOf(value)}`);
  if (context instanceof PersonContext) context.charge(Array.isArray(value) ? value.length : Object.keys(value).length);
}
