import type { Page } from "playwright-core";
import en from "../../packages/web/src/locales/en.json" with { type: "json" };

type Tree = { readonly [key: string]: string | Tree };

const letters = "aáàbƀcçdđeéèfƒgĝhĥiíìjĵkķlļmɱnñoóòpƥqʠrŕsštţuúùvṽwŵxẋyýzž";
const accented = new Map(
  [..."abcdefghijklmnopqrstuvwxyz"].map((plain) => [plain, letters[letters.indexOf(plain) + 1] ?? plain]),
);

/**
 * A text of the catalogue as no language has it: accents, so that it is known; two fifths longer, as other languages
 * are; between brackets, so that both its ends are seen. What i18next fills or reads stays.
 */
export function pseudo(text: string): string {
  const parts = text.split(/(\{\{.*?\}\}|<[^>]+>)/);
  const written = parts.map((part, at) => (at % 2 === 1 ? part : accent(part))).join("");
  const plain = parts.filter((_, at) => at % 2 === 0).join("");
  return `⟦${written}${"·~".repeat(Math.ceil(plain.length * 0.2))}⟧`;
}

const accent = (text: string) =>
  [...text].map((one) => accented.get(one) ?? accented.get(one.toLowerCase())?.toUpperCase() ?? one).join("");

const pseudoTree = (tree: Tree): Tree =>
  Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, typeof value === "string" ? pseudo(value) : pseudoTree(value)]),
  );

/** From now on the page has the pseudo-locale wherever it asks for English words. */
export async function speakPseudo(page: Page): Promise<void> {
  const body = `const words = ${JSON.stringify(pseudoTree(en))};\nexport { words as default };`;
  await page.route(/\/portal\/assets\/en-[\w-]+\.js$/, (route) =>
    route.fulfill({ body, contentType: "text/javascript" }),
  );
}

/** What the browser's own formats write: figures, units, dates, how long ago. */
const formatted =
  "bytes?|kB|[MGTP]B|hrs?|mins?|secs?|hours?|minutes?|seconds?|days?|weeks?|months?|years?|ago|in|now|and|yesterday|today|tomorrow|" +
  "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|at|am|pm";

/** Runs in the page. What is somebody's own (names, paths, what programs print) stands in elements made for it. */
const look = `(() => {
  const own = "code, pre, kbd, bdi, time, [dir=auto], [dir=ltr]:not(html), .mono, .ltr, [lang]:not(html), script, style, svg, noscript, .xterm, option";
  const formats = new RegExp("\\\\b(${formatted.replaceAll("\\", "\\\\")})\\\\b", "g");
  const key = /^[a-z]+[a-zA-Z]*(\\.[a-zA-Z_]+)+$/;
  const found = [];
  const isWord = (text) => /\\p{L}/u.test(text.replace(formats, ""));
  const check = (text, where) => {
    const trimmed = text.trim();
    if (key.test(trimmed)) found.push("a raw key: " + trimmed);
    else if (!/[⟦⟧]/.test(trimmed) && isWord(trimmed)) found.push(where + ": " + trimmed.slice(0, 80));
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (one.closest(own) || !one.checkVisibility()) continue;
    check(walker.currentNode.data, "not of the catalogue");
  }
  for (const one of document.body.querySelectorAll("[aria-label], [placeholder]")) {
    if (!one.checkVisibility() || one.closest("[lang]:not(html)")) continue;
    for (const name of ["aria-label", "placeholder"]) if (one.getAttribute(name)) check(one.getAttribute(name), name + " not of the catalogue");
  }
  check(document.title.split(" · ").at(-1), "the title's end");
  return [...new Set(found)];
})()`;

/** Texts that no catalogue has, and keys that nothing was found for; a line each. */
export const foreignWords = (page: Page): Promise<string[]> => page.evaluate<string[]>(look);
