import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, openPortal } from "./portal-page.ts";
import { sharedStoa } from "./shared-stoa.ts";

let browser: Browser;
const stoa = sharedStoa();

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
});

const detail = "The database does not answer. Try again.";

test("a fault that fails many parts of a page is told whole once, and one click tries them all again", async () => {
  const portal = await openPortal(browser, stoa.url, { locale: "en" });
  const { page, t } = portal;
  await portal.signIn("admin", stoa.adminPassword);
  let isBroken = true;
  await page.route("**/*", (route) => {
    const isCall = ["fetch", "xhr"].includes(route.request().resourceType());
    if (!isBroken || !isCall || route.request().url().includes("/auth/session")) return route.fallback();
    const body = { title: "Service Unavailable", status: 503, detail, code: "unavailable", details: {} };
    return route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(body) });
  });
  await page.goto("/portal");
  const main = page.getByRole("main");
  const same = main.getByText(t("errors.sameReason"));
  await expect.poll(() => same.count(), { timeout: 20_000 }).toBe(3);
  expect(await main.getByText(detail).count()).toBe(1);
  expect(await portal.axe()).toEqual([]);

  isBroken = false;
  await main
    .getByRole("button", { name: t("common.retry") })
    .last()
    .click();
  await expect.poll(() => main.getByRole("alert").count(), { timeout: 10_000 }).toBe(0);
  await portal.close();
});
