import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiOf } from "./account-api.ts";
import { openBrowser, openPortal } from "./portal-page.ts";
import { sharedStoa } from "./shared-stoa.ts";

/** Bytes of JavaScript, compressed, until Home stands. */
const budget = 170_000;

let browser: Browser;
const stoa = sharedStoa();

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
});

test("Home comes within its budget, and without the terminal or administrators' pages", async () => {
  const admin = await apiOf(stoa.url, "admin", stoa.adminPassword);
  await admin.startSession(await admin.makeWorkspace("Something", {}), "terminal");
  const portal = await openPortal(browser, stoa.url, { locale: "en" });
  await portal.signIn("admin", stoa.adminPassword);
  // What the page before still fetches is not Home's.
  await portal.page.goto("about:blank");
  const scripts: Promise<{ name: string; size: number }>[] = [];
  portal.page.on("response", (response) => {
    const name = new URL(response.url()).pathname;
    if (name.endsWith(".js")) scripts.push(response.body().then((body) => ({ name, size: gzipSync(body).length })));
  });
  await portal.page.goto("/portal");
  await portal.page
    .getByRole("button", { name: portal.t("jobTypes.terminal") })
    .first()
    .waitFor();
  const loaded = await Promise.all(scripts);
  // The other words come later: what is drawn with a key instead was forgotten among the first.
  await portal.page.getByRole("listitem").filter({ hasText: "Something" }).first().waitFor();
  expect(await portal.page.locator("body").innerText()).not.toMatch(/\b(sessions|workspaces|operations)\.[a-z]/);
  expect(loaded.length).toBeGreaterThan(1);
  expect(loaded.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(budget);
  expect(loaded.map(({ name }) => name).filter((name) => /screen|terminal|people|audit/.test(name))).toEqual([]);
  await portal.close();
  await admin.stopSessions();
});
