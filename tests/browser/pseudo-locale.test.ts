import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { misfits } from "./misfits.ts";
import { openBrowser, openPortal } from "./portal-page.ts";
import { foreignWords, pseudo, speakPseudo } from "./pseudo-words.ts";
import { shownNothing } from "./screenshots/lab/shown.ts";
import { type Pictured, pictured } from "./screenshots/pages.ts";
import { show } from "./screenshots/picture.ts";
import { sharedStoa } from "./shared-stoa.ts";

/** Milliseconds for a walk through all pages, on a machine that has other things to do. */
const slow = 300_000;

let browser: Browser;
const stoa = sharedStoa();

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
});

/** All that an administrator sees, each address once; then what is seen before sign-in. */
const lab = { ...shownNothing, personId: 1 };
const pages = pictured.filter(({ open, session }) => !open && !session);
const addressOf = ({ address, route }: Pictured) => address?.(lab) ?? route;
const byAddress = new Map(pages.toReversed().map((one) => [addressOf(one), one]));
const [signedOut, signedIn] = [true, false].map((out) =>
  pages.filter((one) => byAddress.get(addressOf(one)) === one && (one.viewer === "nobody") === out),
);

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
      const walk = async (some: readonly Pictured[] = []) => {
        expect(some.length).toBeGreaterThan(4);
        // Loaded anew, by whoever is signed in now.
        await page.goto("about:blank");
        for (const one of some) {
          await show(portal, lab, "none", one);
          await page
            .getByRole("status", { name: pseudo(portal.t("common.loading")) })
            .first()
            .waitFor({ state: "detached" });
          await portal.picture(`pseudo-${one.name}`);
          // Settings are described by the server, in its own words.
          const foreign = one.name === "settings" ? [] : await foreignWords(page);
          found.push(...[...foreign, ...(await misfits(page))].map((line) => `${one.name}: ${line}`));
        }
      };
      // Signing in reads the real words: its own page is found by them.
      await portal.signIn("admin", stoa.adminPassword);
      await speakPseudo(page);
      await walk(signedIn);
      await page.context().clearCookies();
      await walk(signedOut);
      expect(found).toEqual([]);
      await portal.close();
    },
  );
});
