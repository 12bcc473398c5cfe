const encoder = new TextEncoder();

/** Cuts rows, in order, into parts whose JSON has at most so many bytes; a row that has more is a part alone. D1 binds at most 2,000,000. */
export function cutByBytes<Row>(rows: readonly Row[], maxBytes: number): Row[][] {
  const parts: Row[][] = [];
  let room = 0;
  for (const row of rows) {
    const bytes = encoder.encode(JSON.stringify(row)).byteLength + 1;
    const last = parts.at(-1);
    if (last && bytes <= room) last.push(row);
    else parts.push([row]);
    room = (last && bytes <= room ? room : maxBytes - 2) - bytes;
  }
  return parts;
}
