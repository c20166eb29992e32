import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, openPortal, type PageOptions, type PortalPage } from "./portal-page.ts";
import { signedIn, signedOut } from "./portal-pages.ts";
import { sharedStoa } from "./shared-stoa.ts";

let browser: Browser;
const stoa = sharedStoa();

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
});

const looks: readonly PageOptions[] = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "en", scheme: "dark", width: 390 },
  { locale: "fa", scheme: "dark", width: 1440 },
  { locale: "fa", scheme: "light", width: 390 },
];

describe.each(looks)("every page ($locale, $scheme, $width)", (look) => {
  test("before sign-in", async () => {
    const portal = await openPortal(browser, stoa.url, look);
    const found: string[] = [];
    for (const [path, name, title] of signedOut) {
      await portal.page.goto(path);
      await portal.page.getByRole("heading", { level: 1, name: portal.t(title) }).waitFor();
      found.push(...(await check(portal, name)));
    }
    expect(found).toEqual([]);
    await portal.close();
  });

  test("signed in", async () => {
    const portal = await openPortal(browser, stoa.url, look);
    await portal.signIn("admin", stoa.adminPassword);
    const found: string[] = [];
    for (const [path, name, title] of signedIn) {
      await portal.page.goto(path);
      const heading = title === null ? {} : { name: portal.t(title) };
      await portal.page.getByRole("heading", { level: 1, ...heading }).waitFor();
      await portal.page
        .getByRole("status", { name: portal.t("common.loading") })
        .first()
        .waitFor({ state: "detached" });
      found.push(...(await check(portal, name)));
    }
    expect(found).toEqual([]);
    await portal.close();
  });
});

async function check(portal: PortalPage, name: string): Promise<string[]> {
  await portal.picture(`page-${name}`);
  const wide = await portal.page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
  return [
    ...(await portal.axe()).map((line) => `${name}: ${line}`),
    ...portal.complaints.map((line) => `${name}: ${line}`),
    ...(wide > 0 ? [`${name}: ${wide} px wider than the screen`] : []),
  ];
}
