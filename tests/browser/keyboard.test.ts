import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiOf } from "./account-api.ts";
import { focusOf, keptFocus, tabTo } from "./focus.ts";
import { register } from "./people.ts";
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

test("every dialog gives the keyboard back when it is closed", { timeout: 300_000 }, async () => {
  const api = await apiOf(stoa.url, "admin", stoa.adminPassword);
  const workspace = await api.makeWorkspace(`Dialogs ${Date.now()}`, { "notes.md": "# notes\n" });
  const session = await api.startSession(workspace, "terminal");
  const portal = await openPortal(browser, stoa.url, { locale: "en" });
  await portal.signIn("admin", stoa.adminPassword);
  const found: string[] = [];
  for (const one of pictured.filter(({ open }) => open !== undefined)) {
    await show(portal, { ...shownNothing, workspace, session, personId: 1 }, "typical", one);
    await portal.page.keyboard.press("Escape");
    await portal.page.getByRole("dialog").waitFor({ state: "detached" });
    await keptFocus(portal.page, one.name).catch((error: unknown) => found.push(String(error)));
  }
  expect(found).toEqual([]);
  await portal.close();
  await api.stopSessions();
});

describe.each(["en", "fa"] as const)("without a mouse (%s)", (locale) => {
  test("sign in, make a workspace, bring a file, work in a terminal, stop it, share, sign out", async () => {
    const other = await register(stoa.url, locale);
    const portal = await openPortal(browser, stoa.url, { locale });
    const { page, t } = portal;
    // A click that a key makes has no count.
    await page.addInitScript(`for (const type of ["mousedown", "click"]) addEventListener(type, (event) => {
      if (event.detail > 0) document.documentElement.dataset.mouse = type;
    }, true)`);
    const name = `${locale === "fa" ? "بی‌موش" : "No mouse"} ${Date.now()}`;
    const press = async (key: string, after: string) => {
      await page.keyboard.press(key);
      await page.waitForTimeout(150);
      await keptFocus(page, after);
    };
    const button = (word: string) => page.getByRole("button", { name: t(word), exact: true });
    const dialog = page.getByRole("dialog");

    await page.goto("/portal");
    await tabTo(page, page.getByLabel(t("auth.usernameOrEmail")));
    await page.keyboard.type("admin");
    await tabTo(page, page.getByLabel(t("auth.password"), { exact: true }));
    await page.keyboard.type(stoa.adminPassword);
    await page.keyboard.press("Enter");
    const rail = page.getByRole("navigation", { name: t("frame.navigation") }).filter({ visible: true });
    await rail.waitFor();

    await tabTo(page, rail.getByRole("link", { name: t("frame.workspaces"), exact: true }));
    await page.keyboard.press("Enter");
    await button("workspaces.new").waitFor();
    await keptFocus(page, "going to another page");
    await tabTo(page, button("workspaces.new"));
    await press("Enter", "opening the dialog");
    await dialog.getByLabel(t("workspaces.name"), { exact: true }).and(page.locator(":focus")).waitFor();
    await page.keyboard.type(name);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await keptFocus(page, "making a workspace");

    // The system's own window for choosing files is the keyboard's already.
    const files = page.getByRole("list", { name: t("files.list", { folder: t("files.root") }) });
    // Told to the browser well before the key: what it isn't told by then opens its own window.
    page.on("filechooser", (chooser) => {
      void chooser.setFiles({ name: "brought.txt", mimeType: "text/plain", buffer: Buffer.from("by hand\n") });
    });
    await tabTo(page, button("files.upload"));
    await page.keyboard.press("Enter");
    await files.getByRole("link", { name: "brought.txt", exact: true }).waitFor();
    await keptFocus(page, "an upload");

    await tabTo(page, button("jobTypes.terminal"));
    await page.keyboard.press("Enter");
    const terminal = page.getByRole("region", { name: t("terminal.label") });
    await expect.poll(() => terminal.getAttribute("data-connection"), { timeout: 20_000 }).toBe("open");
    await expect.poll(() => terminal.innerText(), { timeout: 20_000 }).toMatch(/[$#]\s*$/);
    expect(await focusOf(page)).toMatchObject({ lost: false, visible: true });
    await page.keyboard.type("cat brought.txt; echo typed-$((6*7))\n");
    await expect.poll(() => terminal.innerText(), { timeout: 10_000 }).toContain("typed-42");
    // Tab is the shell's; the way out is told below the terminal.
    await page.keyboard.press("Tab");
    expect(await terminal.locator(":focus").count()).toBe(1);
    await page.getByText("F6").first().waitFor();
    await press("Control+F6", "leaving the terminal");
    expect(await terminal.locator(":focus").count()).toBe(0);

    await tabTo(page, button("sessions.stop"));
    await press("Enter", "asking whether to stop");
    await tabTo(page, dialog.getByRole("button", { name: t("sessions.stop"), exact: true }));
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText(t("states.complete"), { exact: true }).waitFor();
    await keptFocus(page, "stopping a session");

    await tabTo(page, page.getByRole("main").getByRole("link", { name }).first());
    await page.keyboard.press("Enter");
    await files.waitFor();
    await tabTo(page, button("sharing.share"));
    await press("Enter", "opening the share dialog");
    await tabTo(page, dialog.getByLabel(t("sharing.people")));
    await page.keyboard.type(other.username);
    await tabTo(page, dialog.getByLabel(other.fullName));
    await page.keyboard.press("Space");
    await tabTo(page, dialog.getByRole("button", { name: t("sharing.share"), exact: true }));
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await keptFocus(page, "sharing");
    await page
      .getByRole("region", { name: t("sharing.title") })
      .getByText(other.fullName)
      .waitFor();

    await tabTo(page, button("frame.signOut"));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: t("auth.signIn") }).waitFor();
    expect(await page.getAttribute("html", "data-mouse")).toBeNull();
    expect(portal.complaints).toEqual([]);
    await portal.close();
  });
});
