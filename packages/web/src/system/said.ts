import type { Locale } from "../locales/locale.ts";

interface Said {
  readonly title: string;
  readonly text: string;
  /** Empty: there is no Persian. */
  readonly title_fa: string;
  readonly text_fa: string;
}

/** What it says in the reader's language, or in the other where that is all there is. */
export function saidIn(locale: Locale, said: Said): { readonly title: string; readonly text: string } {
  if (locale !== "fa" || said.title_fa === "") return { title: said.title, text: said.text };
  return { title: said.title_fa, text: said.text_fa === "" ? said.text : said.text_fa };
}

/** The same of one sentence. */
export function messageIn(locale: Locale, { message, message_fa }: { message: string; message_fa: string }): string {
  return locale === "fa" && message_fa !== "" ? message_fa : message;
}

/** Where its Markdown is not drawn: its signs would only stand in the way. */
export const withoutMarks = (text: string): string => text.replace(/[*_`]+|\]\([^)]*\)|\[/g, "");
