import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";

/** A picture that was taken: its file below the folder, and what it is of. */
export interface Taken {
  readonly file: string;
  readonly page: string;
  readonly kind: string;
  readonly look: string;
}

const style = `body{font:13px system-ui,sans-serif;margin:16px;background:#777;color:#fff}
.row{display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start}figure{margin:0}figcaption{padding:2px 0}
img{display:block;background:#fff;object-fit:cover;object-position:top left}
.wide img{width:620px;height:465px}.narrow img{width:258px;height:465px}a{color:#fff}`;

const figure = ({ file, page, kind, look }: Taken, from: string) =>
  `<figure class="${look.endsWith("-390") ? "narrow" : "wide"}"><figcaption>${page} · ${kind} · ${look}</figcaption>` +
  `<a href="${from}${file}"><img loading="lazy" src="${from}${file}" alt="${page}, ${kind}, ${look}"></a></figure>`;

const documentOf = (body: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title><style>${style}</style>${body}</html>`;

/** All pictures on one page, those of a page and a kind of data in a row. */
export function writeIndex(folder: string, all: readonly Taken[]): void {
  const rows = Map.groupBy(all, ({ page, kind }) => `${page} · ${kind}`);
  const body = [...rows].map(
    ([title, some]) => `<h2>${title}</h2><div class="row">${some.map((one) => figure(one, "")).join("")}</div>`,
  );
  writeFileSync(join(folder, "index.html"), documentOf(body.join("\n")));
}

/** Sheets of six (of fourteen narrow ones), each of one look and one kind of data: many pages in one view. */
export async function writeSheets(browser: Browser, folder: string, all: readonly Taken[]): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1930, height: 1010 } });
  const page = await context.newPage();
  const sheet = join(folder, "sheet.html");
  for (const [name, some] of Map.groupBy(all, ({ kind, look }) => `${kind}-${look}`)) {
    const size = name.endsWith("-390") ? 14 : 6;
    for (let at = 0; at < some.length; at += size) {
      const figures = some.slice(at, at + size).map((one) => figure(one, "").replace(' loading="lazy"', ""));
      writeFileSync(sheet, documentOf(`<div class="row">${figures.join("")}</div>`));
      await page.goto(pathToFileURL(sheet).href, { waitUntil: "load" });
      await page.screenshot({ path: join(folder, `sheets/${name}-${1 + at / size}.png`) });
    }
  }
  await context.close();
}
