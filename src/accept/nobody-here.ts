import { problemOf } from "./problem.ts";

/** Somebody of another tenant is answered alike, and so is what can be nobody's id, where nothing is written. */
export const NOBODY_HERE = problemOf("not-found", "There is no recipient with this id.");
