import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { discard, newDataDir, type StoaProcess, startStoa } from "../support/stoa-process.ts";
import { openBrowser, openPortal, type PortalPage } from "./portal-page.ts";
import { buildPortalIfMissing } from "./running-stoa.ts";

let browser: Browser;
let stoa: StoaProcess;
const dataDir = newDataDir();
const begin = async (port = "0") => {
  stoa = await startStoa({ dataDir, env: { HOME: dataDir, STOA_PORT: port } });
};

beforeAll(async () => {
  buildPortalIfMissing();
  browser = await openBrowser();
  await begin();
});
afterAll(async () => {
  await browser?.close();
  await discard(stoa);
});

/** Registered once everything else is there, which takes some seconds. */
const kept = (portal: PortalPage) =>
  expect
    .poll(() => portal.page.evaluate<string | undefined>("navigator.serviceWorker.controller?.state"), {
      timeout: 20_000,
    })
    .toBe("activated");

const titles = { en: "Stoa can't be reached now", fa: "استوآ فعلاً در دسترس نیست" } as const;

describe.each(["en", "fa"] as const)("a server that is away (%s)", (locale) => {
  test("is told in the person's language, and the page goes on by itself when it is back", async () => {
    const portal = await openPortal(browser, stoa.url, { locale, width: locale === "fa" ? 390 : 1440 });
    const { page, t } = portal;
    await portal.signIn("admin", stoa.adminPassword);
    await kept(portal);
    await page.goto("/portal/workspaces");
    await page.getByRole("heading", { level: 1, name: t("workspaces.title") }).waitFor();

    const port = new URL(stoa.url).port;
    await stoa.kill();
    // What is open stays, and says so.
    await page
      .getByRole("status")
      .getByText(locale === "fa" ? "دسترسی به سرور ممکن نیست" : "The server can't be reached")
      .first()
      .waitFor({ timeout: 30_000 });
    await page.getByRole("heading", { level: 1, name: t("workspaces.title") }).waitFor();

    for (const address of ["/portal/workspaces", "/portal"]) {
      await page.goto(address);
      await page.getByRole("heading", { level: 1, name: titles[locale] }).waitFor();
    }
    expect(await page.getAttribute("html", "dir")).toBe(locale === "fa" ? "rtl" : "ltr");
    expect(await page.getAttribute("html", "lang")).toBe(locale);
    await page.getByText(locale === "fa" ? /از .*[۰-۹].* پاسخی نیامده است/ : /since \d\d:\d\d/).waitFor();
    expect(await page.getByRole("main").innerText()).not.toContain(t("workspaces.title"));
    await page.goto("/portal/workspaces");
    await page.getByRole("button").waitFor();
    await portal.picture("away");
    expect(await portal.axe()).toEqual([]);

    await begin(port);
    await page.getByRole("heading", { level: 1, name: t("workspaces.title") }).waitFor({ timeout: 60_000 });
    expect(await page.evaluate("localStorage.getItem('stoa.away')")).toBeNull();
    await portal.close();
  });
});
