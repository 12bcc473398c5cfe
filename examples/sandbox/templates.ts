import type { Draft, TemplateUse } from "./call.ts";

/** Texts that a vendor has approved, by their code. Without any, every code passes and the handset shows it as it is. */
export type Approved = Readonly<Record<string, string>>;

const NAMED = /\$\{([^{}]+)\}/g;
const PLACED = /\{(\d+)\}/g;

/** What the handset shows: the sign in the vendor's brackets, then the approved text with its variables filled in. */
export function writeBody({ from, body, template }: Draft, approved: Approved): string {
  if (!template) return body;
  const text = approvedText(template, approved);
  const filled = text === undefined ? `${template.code} ${JSON.stringify(template.params)}` : fill(text, template.params);
  return (from === "" ? "" : `【${from}】`) + filled;
}

/** Why the vendor will not send by this template, or undefined. */
export function templateTrouble(template: TemplateUse, approved: Approved): "template" | "params" | undefined {
  if (Object.keys(approved).length === 0) return undefined;
  const text = approvedText(template, approved);
  if (text === undefined) return "template";
  return fits(text, template.params) ? undefined : "params";
}

const approvedText = ({ code }: TemplateUse, approved: Approved) => (Object.hasOwn(approved, code) ? approved[code] : undefined);

function fill(text: string, params: TemplateUse["params"]): string {
  if (Array.isArray(params)) return text.replace(PLACED, (mark, place: string) => params[Number(place) - 1] ?? mark);
  return text.replace(NAMED, (mark, name: string) => (Object.hasOwn(params, name) ? (params[name] ?? mark) : mark));
}

/** By name each variable must be there, and more do no harm; by place there must be as many as the text has. */
function fits(text: string, params: TemplateUse["params"]): boolean {
  if (Array.isArray(params)) return new Set([...text.matchAll(PLACED)].map(([mark]) => mark)).size === params.length;
  return [...text.matchAll(NAMED)].every(([, name = ""]) => Object.hasOwn(params, name));
}
