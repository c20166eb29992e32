import type { Mail } from "./contract.ts";

/** The HTML part of a mail: its text, in the direction of its language, with addresses that can be clicked. */
export function mailHtml({ text, locale }: Pick<Mail, "text" | "locale">): string {
  const paragraphs = text
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${linked(escapeHtml(paragraph)).replaceAll("\n", "<br>")}</p>`)
    .join("\n");
  return `<!doctype html>
<html lang="${locale}" dir="${locale === "fa" ? "rtl" : "ltr"}"><head><meta charset="utf-8"></head>
<body>
${paragraphs}
</body></html>
`;
}

function linked(html: string): string {
  return html.replace(/https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/g, (url) => `<a href="${url}" dir="ltr">${url}</a>`);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
