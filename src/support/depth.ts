/** As deep as honest values go; what recurses without end would take all that it is taken with. */
export const DEPTH_MAX = 64;

/** Whether lists and maps stand within each other more than so many times. Counts level by level, so that no depth is too much for it. */
export function isDeeperThan(value: unknown, max: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > max) return true;
    level = level.flatMap((inner) => (inner !== null && typeof inner === "object" ? Object.values(inner) : []));
  }
  return false;
}
