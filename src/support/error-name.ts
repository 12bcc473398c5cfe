/** What logs may say of an error: its message could hold something personal. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}
