/** One structured line. Fields are ids, counts and codes; never an address, a name or a text. */
export function log(
  level: "info" | "warn" | "error",
  what: string,
  fields: Readonly<Record<string, string | number | boolean>> = {},
): void {
  console[level](JSON.stringify({ what, ...fields }));
}
