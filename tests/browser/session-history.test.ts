import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Account, apiOf } from "./account-api.ts";
import { openBrowser, openPortal, type PortalPage } from "./portal-page.ts";
import { sharedStoa } from "./shared-stoa.ts";

let browser: Browser;
let admin: Account;
const stoa = sharedStoa();

beforeAll(async () => {
  browser = await openBrowser();
  admin = await apiOf(stoa.url, "admin", stoa.adminPassword);
  for (const name of ["Harbour", "Pier", "Lighthouse"])
    await admin.startSession(await admin.makeWorkspace(name, {}), "terminal");
  await admin.stopSessions();
});
afterAll(async () => {
  await browser?.close();
});

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`sessions-${name}`);
  expect(await portal.axe(), name).toEqual([]);
  const wide = await portal.page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
  expect(wide, `${name}: pixels wider than the screen`).toBeLessThanOrEqual(0);
}

/** As many as no test would start: all alike but for their numbers. */
async function twoHundredEnded(page: Page): Promise<void> {
  await page.route(/\/sessions\?.*ended=true/, async (route) => {
    const answer = await route.fetch();
    const { items } = (await answer.json()) as { items: { id: number }[] };
    const many = Array.from({ length: 200 }, (_, at) => ({ ...items[0], id: 100_000 - at }));
    await route.fulfill({ response: answer, json: { items: many, next_cursor: null } });
  });
}

/** A busy machine takes its time. */
const soon = { timeout: 20_000 };

const looks = [
  { locale: "en", scheme: "dark", width: 1440 },
  { locale: "fa", scheme: "light", width: 390 },
] as const;

describe.each(looks)("the sessions page ($locale, $scheme, $width)", (options) => {
  test("what runs is a card with the way in, and joins the earlier ones when it ends", async () => {
    const name = `Reef ${options.locale}`;
    const workspace = await admin.makeWorkspace(name, {});
    const portal = await openPortal(browser, stoa.url, options);
    const { page, t } = portal;
    await portal.signIn("admin", stoa.adminPassword);
    await page.goto("/portal/sessions");
    const live = page.getByRole("list", { name: t("sessions.running") });
    const earlier = page.getByRole("list", { name: t("sessions.earlier") });
    await earlier.getByText("Harbour").first().waitFor();
    // It comes by itself.
    await admin.startSession(workspace, "terminal");
    const card = live.getByRole("listitem").filter({ hasText: name });
    await card.getByRole("meter", { name: t("sessions.timeLeft") }).waitFor();
    await look(portal, "live");
    await card.getByRole("link", { name: t("door.open", { name: t("jobTypes.terminal") }) }).click();
    await page.locator("[data-connection=open]").waitFor();
    await page.goBack();
    await card.waitFor();
    await admin.stopSessions();
    await card.waitFor({ state: "detached" });
    await earlier.getByRole("listitem").first().getByText(name).waitFor();
    expect(portal.complaints).toEqual([]);
    await portal.close();
  });

  test("earlier ones are narrowed by words and choices that stand in the address", async () => {
    const portal = await openPortal(browser, stoa.url, options);
    const { page, t } = portal;
    await portal.signIn("admin", stoa.adminPassword);
    await page.goto("/portal/sessions");
    const rows = page.getByRole("list", { name: t("sessions.earlier") }).getByRole("listitem");
    await rows.filter({ hasText: "Harbour" }).first().waitFor();
    await page.getByRole("searchbox", { name: t("sessions.find") }).fill("lightho");
    await rows.filter({ hasText: "Harbour" }).first().waitFor({ state: "detached" });
    await rows.filter({ hasText: "Lighthouse" }).first().waitFor();
    await page.waitForURL(/find=lightho/);
    await look(portal, "narrowed");

    await page.getByRole("combobox", { name: t("sessions.state") }).selectOption("failed");
    await page.getByText(t("sessions.noMatch")).waitFor();
    await page.reload();
    await page.getByText(t("sessions.noMatch")).waitFor();
    expect(await page.getByRole("searchbox", { name: t("sessions.find") }).inputValue()).toBe("lightho");
    await look(portal, "no-match");
    await page.getByRole("button", { name: t("sessions.showAll") }).click();
    await rows.filter({ hasText: "Harbour" }).first().waitFor();
    expect(await page.getByRole("searchbox", { name: t("sessions.find") }).inputValue()).toBe("");
    expect(new URL(page.url()).search).toBe("");
    expect(portal.complaints).toEqual([]);
    await portal.close();
  });

  test("arrow keys lead along the list, and coming back finds the place", async () => {
    const portal = await openPortal(browser, stoa.url, options);
    const { page, t } = portal;
    await portal.signIn("admin", stoa.adminPassword);
    await twoHundredEnded(page);
    await page.goto("/portal/sessions");
    const list = page.getByRole("list", { name: t("sessions.earlier") });
    const at = () => page.evaluate<string | undefined>("document.activeElement.closest('[data-index]')?.dataset.index");
    await list.getByRole("link").first().focus();
    await page.keyboard.press("ArrowDown");
    await expect.poll(at, soon).toBe("1");
    await page.keyboard.press("End");
    await expect.poll(at, soon).toBe("199");
    await page.keyboard.press("Home");
    await expect.poll(at, soon).toBe("0");
    await page.keyboard.press("End");
    await expect.poll(at, soon).toBe("199");
    await page.keyboard.press("Enter");
    await page.waitForURL(/sessions\/\d+$/);
    const { pathname } = new URL(page.url());
    await page.goBack();
    await list.waitFor();
    // Not by the pixel: what others start and end meanwhile stands above it.
    const place = () =>
      page.evaluate<boolean>(`(() => {
        const row = document.querySelector('ul a[href="${pathname}"]')?.getBoundingClientRect();
        return row !== undefined && row.top >= 0 && row.bottom <= innerHeight;
      })()`);
    await expect.poll(place, soon).toBe(true);
    await portal.close();
  });

  test("rows that fly by show what they are called, and the rest once one can read it", async () => {
    const portal = await openPortal(browser, stoa.url, options);
    const { page, t } = portal;
    await portal.signIn("admin", stoa.adminPassword);
    await twoHundredEnded(page);
    await page.goto("/portal/sessions");
    const list = page.getByRole("list", { name: t("sessions.earlier") });
    await list.getByRole("listitem").first().locator("[data-state]").waitFor();
    const standIns = `document.querySelector('ul[aria-label="${t("sessions.earlier")}"]').previousElementSibling.children`;
    // Half a screen a frame, as a dragged scroll bar does.
    const names = await page.evaluate<string[]>(`new Promise((resolve) => {
      let left = 15;
      let flew = [];
      const step = () => {
        if (!document.querySelector('ul[aria-label="${t("sessions.earlier")}"] > li'))
          flew = [...${standIns}].map((one) => one.textContent);
        scrollBy(0, 450);
        if ((left -= 1) > 0) requestAnimationFrame(step);
        else resolve(flew);
      };
      requestAnimationFrame(step);
    })`);
    expect(names.length).toBeGreaterThan(5);
    await expect.poll(() => page.evaluate<number>(`${standIns}.length`), soon).toBe(0);
    const index = await list.getByRole("listitem").last().getAttribute("data-index");
    const row = list.locator(`[data-index="${index}"]`);
    await row.locator("[data-state]").waitFor();
    expect(await row.getByRole("link").textContent()).toBe(names[0]);
    await row.getByRole("link").focus();
    const focused = "document.activeElement.closest('[data-index]')?.dataset.index ?? null";
    expect(await page.evaluate<string | null>(focused)).toBe(index);
    await portal.close();
  });
});
