/** Lines of two columns: what on the left, how much right-aligned. A row without a value is a heading. */
export function textTable(rows: readonly (readonly [what: string, value?: string | number])[]): string {
  const cells = rows.map(([what, value]) => [what, value === undefined ? "" : String(value)] as const);
  const left = Math.max(...cells.map(([what]) => what.length));
  const right = Math.max(...cells.map(([, value]) => value.length));
  return cells.map(([what, value]) => `${what.padEnd(left)}  ${value.padStart(right)}`.trimEnd()).join("\n");
}
