import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { misfits } from "./misfits.ts";
import { openBrowser, openPortal } from "./portal-page.ts";
import { signedIn, signedOut } from "./portal-pages.ts";
import { foreignWords, pseudo, speakPseudo } from "./pseudo-words.ts";
import { sharedStoa } from "./shared-stoa.ts";

/** Milliseconds for a walk through all pages, on a machine that has other things to do. */
const slow = 480_000;

let browser: Browser;
const stoa = sharedStoa();

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
});

/** The page is there, and all that it waited for. */
async function settle(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page
    .getByRole("status", { name: /⟦|بارگذاری|صبر/ })
    .first()
    .waitFor({ state: "detached" });
  await page.waitForTimeout(150);
}

describe("the pseudo-locale", () => {
  test("is English, longer, and known by its brackets", () => {
    expect(pseudo("Open {{name}}")).toMatch(/^⟦Óƥéñ \{\{name\}\}[·~]+⟧$/);
    expect(pseudo("Save").length).toBeGreaterThan("Save".length * 1.4);
  });

  test.each([1440, 390])(
    "finds every text in the catalogue, and none cut (%d wide)",
    { timeout: slow },
    async (width) => {
      const portal = await openPortal(browser, stoa.url, { locale: "en", width });
      const { page } = portal;
      const found: string[] = [];
      const walk = async (path: string, name: string) => {
        await page.goto(path);
        await settle(page);
        await portal.picture(`pseudo-${name}`);
        // Settings are described by the server, in its own words.
        const foreign = name === "settings" ? [] : await foreignWords(page);
        const lines = [...foreign, ...(await misfits(page))];
        found.push(...lines.map((line) => `${name}: ${line}`));
      };
      // Signing in reads the real words: its own page is found by them.
      await portal.signIn("admin", stoa.adminPassword);
      await speakPseudo(page);
      for (const [path, name] of signedIn) await walk(path, name);
      await page.context().clearCookies();
      for (const [path, name] of signedOut) await walk(path, name);
      expect(found).toEqual([]);
      await portal.close();
    },
  );
});

describe("Persian", () => {
  test.each([1440, 390])("is cut nowhere, and no key is shown raw (%d wide)", { timeout: slow }, async (width) => {
    const portal = await openPortal(browser, stoa.url, { locale: "fa", width });
    const { page } = portal;
    await portal.signIn("admin", stoa.adminPassword);
    const found: string[] = [];
    for (const [path, name] of signedIn) {
      await page.goto(path);
      await settle(page);
      const raw = (await foreignWords(page)).filter((line) => line.startsWith("a raw key"));
      found.push(...[...raw, ...(await misfits(page))].map((line) => `${name}: ${line}`));
    }
    expect(found).toEqual([]);
    await portal.close();
  });
});
