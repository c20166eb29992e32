import { STATUS_CODES } from "node:http";
import type { StoaError } from "../../errors/stoa-error.ts";
import { messageIn } from "../messages.ts";
import type { ErrorContext, RenderedError } from "./error-shapes.ts";

/** A page for a person whose browser went somewhere that isn't there. No script, no style, nothing of theirs unescaped. */
export function errorPage(error: StoaError, { locale, requestId }: ErrorContext): RenderedError {
  const title = locale === "fa" ? "خطا" : (STATUS_CODES[error.status] ?? "Error");
  const home = locale === "fa" ? "بازگشت به پورتال" : "Back to the portal";
  const body = `<!doctype html>
<html lang="${locale}" dir="${locale === "fa" ? "rtl" : "ltr"}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head>
<body><main><h1>${error.status} ${escapeHtml(title)}</h1><p>${escapeHtml(messageIn(locale, error))}</p>
<p><a href="/portal">${home}</a></p><p><small>${escapeHtml(requestId)}</small></p></main></body>
</html>
`;
  return { status: error.status, contentType: "text/html; charset=utf-8", body };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
