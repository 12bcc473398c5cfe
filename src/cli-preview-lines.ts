import type { Cost, Preview, Warning } from "./accept/preview.ts";

const INDENT = "  ";

/** Previews as people read them at a terminal. What is to be said of all of them is said once, at the end. */
export function previewLines(notice: string, previews: readonly Preview[]): string {
  const shared =
    previews.length < 2 ? [] : (previews[0]?.warnings ?? []).filter((one) => previews.every(({ warnings }) => has(warnings, one)));
  const each = previews.map((preview) => {
    const own = preview.warnings.filter((one) => !has(shared, one));
    return [
      [notice, preview.step, preview.channel, preview.locale].filter(Boolean).join("  "),
      ...bodyOf(preview),
      ...own.map(warningLine),
    ];
  });
  const blocks = shared.length === 0 ? each : [...each, ["all of them", ...shared.map(warningLine)]];
  return blocks.map((lines) => lines.join("\n")).join("\n\n");
}

function has(warnings: readonly Warning[], { pointer, detail }: Warning): boolean {
  return warnings.some((one) => one.pointer === pointer && one.detail === detail);
}

function warningLine({ pointer, detail }: Warning): string {
  return `${INDENT}warning: ${pointer === undefined ? "" : `${pointer}: `}${detail}`;
}

function bodyOf(preview: Preview): string[] {
  if (preview.problem !== undefined) return [`${INDENT}cannot be made: ${preview.problem}`];
  return [
    indented(preview.text ?? "", INDENT),
    ...contentLines(preview.content),
    ...partLines(preview.parts ?? []),
    `${INDENT}${countOf(preview)}`,
    ...worstLines(preview.worst),
    ...preview.costs.flatMap(templateLines),
  ];
}

function indented(text: string, by: string): string {
  return `${by}${text.replaceAll("\n", `\n${by}`)}`;
}

function contentLines(content: Preview["content"]): string[] {
  if (!content) return [];
  const { channel: _, ...leaves } = content;
  const width = Math.max(0, ...Object.keys(leaves).map((name) => name.length));
  return Object.entries(leaves).map(([name, value]) => {
    const label = `${INDENT}${name.padEnd(width)}  `;
    return `${label}${(typeof value === "string" ? value : JSON.stringify(value)).replaceAll("\n", `\n${" ".repeat(label.length)}`)}`;
  });
}

/** A text of one part is its part. */
function partLines(parts: NonNullable<Preview["parts"]>): string[] {
  if (parts.length < 2) return [];
  const width = Math.max(...parts.map(({ units }) => String(units).length));
  return parts.map(({ text, units }, at) => {
    const label = `${INDENT}part ${String(at + 1).padStart(String(parts.length).length)}  ${unitsOf(units, width)}  `;
    return `${label}${text.replaceAll("\n", `\n${" ".repeat(label.length)}`)}`;
  });
}

function unitsOf(units: number, width = 0): string {
  return `${String(units).padStart(width)} ${units === 1 ? "unit" : "units"}`;
}

function segmentsOf(segments: number): string {
  return segments === 1 ? "1 segment" : `${segments} segments`;
}

/** `UCS-2, 2 segments (71 units), 0.09 CNY by alibaba-main, else 0.10 CNY by tencent` */
function countOf({ encoding, segments, units, saved_segments, short, costs }: Preview): string {
  const counted =
    encoding === undefined || segments === undefined || units === undefined
      ? []
      : [encoding, `${segmentsOf(segments)} (${unitsOf(units)})`, ...(saved_segments ? [`${segmentsOf(saved_segments)} saved`] : [])];
  const priced = costs.map(priceOf).join(", else ");
  return [...counted, ...(short ? ["the short form"] : []), priced === "" ? "by no carrier" : priced].join(", ");
}

function priceOf({ carrier, cost }: Cost): string {
  return `${cost ?? "at no known price"} by ${carrier}`;
}

function worstLines(worst: Preview["worst"]): string[] {
  if (!worst) return [];
  const blame = worst.blame === undefined ? "" : `, most by ${worst.blame}`;
  return [`${INDENT}at worst ${segmentsOf(worst.segments)} (${unitsOf(worst.units)})${blame}:`, indented(worst.longest, INDENT + INDENT)];
}

function templateLines({ carrier, template }: Cost): string[] {
  if (!template) return [];
  const { code, params, sign_name } = template;
  const values = Object.entries(params).map(
    ([name, value]) => `${Array.isArray(params) ? Number(name) + 1 : name} ${JSON.stringify(value)}`,
  );
  const signed = sign_name === undefined ? "" : `, signed ${sign_name}`;
  return [`${INDENT}${carrier} sends its template ${code}${values.length === 0 ? "" : ` with ${values.join(", ")}`}${signed}`];
}
