import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiOf } from "./account-api.ts";
import { openBrowser, openPortal } from "./portal-page.ts";
import { sharedStoa } from "./shared-stoa.ts";

/** Bytes of JavaScript as they are sent, until Home stands and has the words of other pages too. */
const budget = 170_000;

/** Those that came no later than the other pages' words, which are the second file of words and the larger. */
const soFar = `(() => {
  const all = performance.getEntriesByType("resource")
    .map(({ name, startTime, encodedBodySize }) => ({ name: new URL(name).pathname, startTime, size: encodedBodySize }))
    .filter(({ name }) => name.endsWith(".js"));
  const words = all.filter(({ name, size }) => name.includes("/en-") && size > 10_000);
  return words.length === 0 ? [] : all.filter(({ startTime }) => startTime <= words[0].startTime);
})()`;

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
  await portal.page.goto("/portal");
  await portal.page
    .getByRole("button", { name: portal.t("jobTypes.terminal") })
    .first()
    .waitFor();
  // The other words come later: what is drawn with a key instead was forgotten among the first.
  await portal.page.getByRole("listitem").filter({ hasText: "Something" }).first().waitFor();
  expect(await portal.page.locator("body").innerText()).not.toMatch(/\b(sessions|workspaces|operations)\.[a-z]/);
  const look = () => portal.page.evaluate<{ name: string; size: number }[]>(soFar);
  await expect.poll(async () => (await look()).length).toBeGreaterThan(4);
  const loaded = await look();
  expect(loaded.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(budget);
  expect(loaded.map(({ name }) => name).filter((name) => /screen|terminal|people|audit/.test(name))).toEqual([]);
  await portal.close();
  await admin.stopSessions();
});
