import { createHash } from "node:crypto";
import type { Refusal } from "./refusals.ts";

const STYLE = `:root{color-scheme:light dark;--ink:#1c2330;--paper:#fff;--quiet:#5a6475;--link:#1f5fbf}
@media (prefers-color-scheme:dark){:root{--ink:#e7eaf0;--paper:#14181f;--quiet:#a3adbd;--link:#8ab8ff}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--paper);color:var(--ink);
font:1rem/1.6 system-ui,"Vazirmatn",Tahoma,sans-serif}
main{max-width:34rem;padding:2rem 1.5rem}h1{font-size:1.4rem;line-height:1.35;margin:0 0 .5rem}
p{margin:0 0 1.25rem;color:var(--quiet)}a{color:var(--link)}small{color:var(--quiet)}`;

/** Nothing but its own style: no script, no picture, no frame around it. */
export const CONTENT_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256")
  .update(STYLE)
  .digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const words = {
  en: { portal: "Your sessions in the portal", again: "This page reloads by itself." },
  fa: { portal: "نشست‌های شما در پورتال", again: "این صفحه خودبه‌خود دوباره بار می‌شود." },
};

/** A page that says what happened and what to do, and leads back. One that may pass reloads itself, without a script. */
export function refusalPage(refusal: Refusal, locale: "en" | "fa", portalOrigin: string): string {
  const { title, remedy } = locale === "fa" ? refusal.persian : refusal;
  const again = refusal.againAfterSeconds;
  return (
    `<!doctype html><html lang="${locale}" dir="${locale === "fa" ? "rtl" : "ltr"}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">` +
    (again === undefined ? "" : `<meta http-equiv="refresh" content="${again}">`) +
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main><h1>${escapeHtml(title)}</h1>` +
    `<p dir="auto">${escapeHtml(remedy)}</p>` +
    `<a href="${escapeHtml(portalOrigin)}/sessions">${words[locale].portal}</a>` +
    (again === undefined ? "" : `<p><small>${words[locale].again}</small></p>`) +
    `</main></body></html>`
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
