import * as z from "zod";
import type { Caller } from "./authenticate.ts";
import { fine, type Outcome, wrong } from "./problem.ts";

/** Whether what is personal is to be shown in clear. */
export const unmask = z
  .enum(["true", "false"])
  .optional()
  .transform((text) => text === "true");

/** Who asks for it needs the scope itself: an admin may do all else, and not this. */
export function mayUnmask({ scopes }: Caller, asked: boolean): Outcome<boolean> {
  if (!asked || scopes.includes("unmask")) return fine(asked);
  return wrong("forbidden", `The key has the scopes ${scopes.join(", ")}; to see it in clear it needs unmask, which admin does not imply.`);
}
