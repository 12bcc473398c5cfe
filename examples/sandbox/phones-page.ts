import type { PhoneSummary } from "./book-reports.ts";

/** What a handset shows of a message. */
export interface Bubble {
  from: string;
  text: string;
  media: readonly string[];
  received_at: string;
  carrier: string;
  channel: string;
}

/** The list of handsets, each with its last message. */
export function phonesPage(phones: readonly PhoneSummary[], total: number): string {
  const cards = phones.map(
    (phone) => `<a class="card" href="/phones/${encodeURIComponent(phone.number)}">
  <span class="top"><b>${escapeHtml(phone.number)}</b>${timeTag(new Date(phone.last_at).toISOString())}</span>
  <span class="last" dir="auto">${escapeHtml(phone.last_text)}</span>
  <span class="count">${phone.messages}</span>
</a>`,
  );
  const hidden = total - phones.length;
  const more = hidden > 0 ? `<p class="note">and ${hidden} more</p>` : "";
  const empty = phones.length === 0 ? '<p class="note">No handset has got a message yet.</p>' : "";
  return layout("Handsets", `<main class="list"><h1>Handsets</h1>${empty}${cards.join("\n")}${more}</main>`);
}

/** One handset: its messages as bubbles, the latest last; a sender stands above the first bubble of a run. */
export function phonePage(number: string, bubbles: readonly Bubble[]): string {
  const items = bubbles.map((bubble, place) => {
    const isNewSender = bubbles[place - 1]?.from !== bubble.from;
    const sender = isNewSender ? `<h2>${escapeHtml(bubble.from)}</h2>` : "";
    const media = bubble.media.map((url) => `<p class="media">${linkify(url)}</p>`).join("");
    return `${sender}<article><p dir="auto">${linkify(bubble.text)}</p>${media}${timeTag(bubble.received_at)}${via(bubble)}</article>`;
  });
  const empty = bubbles.length === 0 ? '<p class="note">No messages.</p>' : "";
  return layout(
    number,
    `<main class="phone"><header><a href="/phones" aria-label="All handsets">‹</a><h1>${escapeHtml(number)}</h1></header>
<section id="messages">${empty}${items.join("\n")}</section></main>`,
  );
}

/** Which way a message came, behind its time. */
const via = ({ carrier, channel }: Bubble) => `<span class="via"> · ${escapeHtml(carrier)}${channel === "rcs" ? " RCS" : ""}</span>`;

/** Text to HTML: everything escaped, addresses of the web made into links. */
function linkify(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"'，。；、！？（）【】「」]+)/)
    .map((part, place) => {
      const shown = escapeHtml(part);
      return place % 2 === 1 ? `<a href="${shown}" rel="noreferrer noopener">${shown}</a>` : shown;
    })
    .join("");
}

/** Enough for text and for quoted attributes, the only places where anything is put. */
const ENTITIES = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => ENTITIES.get(mark) ?? "");
}

/** @param iso UTC; pages are made without a script, so the reader's own zone is not known. */
function timeTag(iso: string): string {
  return `<time datetime="${escapeHtml(iso)}">${escapeHtml(iso.slice(0, 19).replace("T", " "))} UTC</time>`;
}

function layout(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** Light or dark as the reader's system has it; fonts of the system, since nothing may be loaded. */
const STYLE = `
:root { color-scheme: light dark; --page: #e9ebf0; --card: #fff; --ink: #16181d; --soft: #6b7280; --bubble: #e8eaef; --link: #0b63ce; }
@media (prefers-color-scheme: dark) { :root { --page: #0d0f13; --card: #191c22; --ink: #eceef2; --soft: #9aa1ad; --bubble: #2a2e37; --link: #7db4ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.45 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
a { color: var(--link); }
time, .via, .note, .count, h2 { color: var(--soft); font-size: 12px; font-weight: 500; }
.list { max-width: 640px; margin: 0 auto; padding: 24px 16px; }
.list h1 { font-size: 22px; margin: 0 0 16px; }
.card { display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; padding: 12px 16px; margin-bottom: 8px; background: var(--card); border-radius: 14px; color: inherit; text-decoration: none; }
.card:hover { outline: 2px solid var(--link); }
.top { grid-column: 1 / -1; display: flex; justify-content: space-between; align-items: baseline; gap: 12px; }
.last { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; color: var(--soft); min-width: 0; }
.count { align-self: center; background: var(--bubble); border-radius: 10px; padding: 1px 8px; }
.phone { max-width: 420px; min-height: 640px; margin: 24px auto; background: var(--card); border-radius: 32px; overflow: hidden; box-shadow: 0 8px 30px #0003; }
.phone header { display: flex; align-items: center; padding: 14px 18px; border-bottom: 1px solid var(--bubble); }
.phone header a { font-size: 28px; line-height: 1; text-decoration: none; width: 24px; }
.phone h1 { flex: 1; margin: 0 24px 0 0; font-size: 17px; text-align: center; }
.phone section { padding: 8px 16px 28px; }
h2 { margin: 18px 4px 6px; }
article { width: fit-content; max-width: 86%; margin: 6px 0; padding: 9px 14px 7px; background: var(--bubble); border-radius: 6px 18px 18px 18px; }
article p { margin: 0 0 2px; white-space: pre-wrap; overflow-wrap: anywhere; }
article time, .via { font-size: 11px; }
.note { text-align: center; padding: 24px 0; }
`;
