import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiOf } from "./account-api.ts";
import { misfits } from "./misfits.ts";
import { openBrowser, openPortal } from "./portal-page.ts";
import { shownNothing } from "./screenshots/lab/shown.ts";
import { pictured } from "./screenshots/pages.ts";
import { show } from "./screenshots/picture.ts";
import { sharedStoa } from "./shared-stoa.ts";

let browser: Browser;
const stoa = sharedStoa();

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
});

/** 200 % on a screen of 1440 by 900 leaves half of both; 400 % on one of 1280 leaves 320 (WCAG 1.4.4, 1.4.10). */
const screens = [
  { locale: "en", width: 720, height: 450 },
  { locale: "fa", width: 720, height: 450 },
  { locale: "en", width: 320, height: 568 },
  { locale: "fa", width: 320, height: 568 },
] as const;

describe.each(screens)("enlarged ($locale, $width)", ({ locale, width, height }) => {
  test("no page has to be moved sideways, and nothing is cut", { timeout: 300_000 }, async () => {
    const api = await apiOf(stoa.url, "admin", stoa.adminPassword);
    const workspace = await api.makeWorkspace(`Coral reef survey of the year 2026 ${width}`, {
      "measurements-of-the-first-autumn-dive.csv": "a,b\n",
    });
    const portal = await openPortal(browser, stoa.url, { locale, width });
    await portal.page.setViewportSize({ width, height });
    await portal.signIn("admin", stoa.adminPassword);
    const found: string[] = [];
    for (const one of pictured) {
      if (one.open || one.session || one.viewer === "nobody") continue;
      await show(portal, { ...shownNothing, workspace, personId: 1 }, "none", one);
      for (const fault of await misfits(portal.page)) found.push(`${one.name}: ${fault}`);
    }
    expect(found).toEqual([]);
    await portal.close();
  });

  test("the main job can be done", async () => {
    const portal = await openPortal(browser, stoa.url, { locale, width });
    const { page, t } = portal;
    await page.setViewportSize({ width, height });
    await portal.signIn("admin", stoa.adminPassword);
    await page.goto("/portal/workspaces");
    await page.getByRole("button", { name: t("workspaces.new"), exact: true }).click();
    const dialog = page.getByRole("dialog");
    const name = `Enlarged ${locale} ${width} ${Date.now()}`;
    await dialog.getByLabel(t("workspaces.name"), { exact: true }).fill(name);
    expect(await misfits(page)).toEqual([]);
    await dialog.getByRole("button", { name: t("common.create") }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await page.getByRole("button", { name: t("jobTypes.terminal"), exact: true }).click();
    const terminal = page.getByRole("region", { name: t("terminal.label") });
    await expect.poll(() => terminal.getAttribute("data-connection"), { timeout: 20_000 }).toBe("open");
    await page.keyboard.type("echo small-$((6*7))\n");
    await expect.poll(() => terminal.innerText(), { timeout: 10_000 }).toContain("small-42");
    expect(await misfits(page)).toEqual([]);
    await portal.picture("enlarged-terminal");
    await page.getByRole("button", { name: t("sessions.stop"), exact: true }).click();
    await dialog.getByRole("button", { name: t("sessions.stop"), exact: true }).click();
    await page.getByRole("status").getByText(t("states.complete"), { exact: true }).waitFor();
    expect(portal.complaints).toEqual([]);
    await portal.close();
  });
});
