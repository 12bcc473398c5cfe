import type * as z from "zod";

/** JSON text by a schema; undefined where it is no JSON or not of that shape. */
export function parseJson<Shape>(schema: z.ZodType<Shape>, text: string): Shape | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
