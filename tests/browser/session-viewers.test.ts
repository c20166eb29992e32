import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiOf } from "./account-api.ts";
import { password, register } from "./people.ts";
import { openBrowser, openPortal, type PortalPage } from "./portal-page.ts";
import { sharedStoa } from "./shared-stoa.ts";

let browser: Browser;
const stoa = sharedStoa();

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
});

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`viewers-${name}`);
  expect(await portal.axe(), name).toEqual([]);
}

describe.each(["en", "fa"] as const)("a session that others are let into (%s)", (locale) => {
  test("is looked at by who was invited, who can't type, until it is taken back", async () => {
    const other = await register(stoa.url, locale);
    const admin = await apiOf(stoa.url, "admin", stoa.adminPassword);
    const workspace = `${locale === "fa" ? "باهم" : "Together"} ${Date.now()}`;
    const session = await admin.startSession(await admin.makeWorkspace(workspace, {}), "terminal");

    const owner = await openPortal(browser, stoa.url, { locale });
    const { page, t } = owner;
    await owner.signIn("admin", stoa.adminPassword);
    await page.goto(`/portal/sessions/${session}`);
    const terminal = page.getByRole("region", { name: t("terminal.label") });
    await expect.poll(() => terminal.getAttribute("data-connection"), { timeout: 20_000 }).toBe("open");
    await terminal.getByLabel(t("terminal.input")).focus();
    await page.keyboard.type("echo seen-$((40+2))\n");
    await expect.poll(() => terminal.innerText(), { timeout: 10_000 }).toContain("seen-42");

    const people = page.getByRole("region", { name: t("viewers.title") });
    await people.getByRole("button", { name: t("viewers.share") }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(t("sharing.people")).fill(other.username);
    await dialog.getByLabel(other.fullName).check();
    await look(owner, "invite");
    await dialog.getByRole("button", { name: t("viewers.share") }).click();
    await people.getByText(other.fullName).waitFor();
    await people.getByText(t("viewers.looks")).waitFor();
    await look(owner, "owner");

    const viewer = await openPortal(browser, stoa.url, { locale, scheme: "dark", width: 390 });
    await viewer.signIn(other.username, password);
    await viewer.page.goto("/portal/sessions");
    await look(viewer, "shared-list");
    await viewer.page
      .getByRole("region", { name: t("viewers.sharedWithMe") })
      .getByRole("link")
      .click();
    const seen = viewer.page.getByRole("region", { name: t("terminal.label") });
    await expect.poll(() => seen.innerText(), { timeout: 20_000 }).toContain("seen-42");
    // As large as it is for the owner, however small the window of who looks.
    const rows = (screen: Locator) => screen.locator(".xterm-rows > div").count();
    await expect.poll(() => rows(seen)).toBe(await rows(terminal));
    await seen.click();
    await viewer.page.keyboard.type("echo never-$((1+1))\n");
    await terminal.getByLabel(t("terminal.input")).focus();
    await page.keyboard.type("echo live-$((2+1))\n");
    await expect.poll(() => seen.innerText(), { timeout: 10_000 }).toContain("live-3");
    expect(await terminal.innerText()).not.toContain("never-");
    await look(viewer, "looking");

    await people.getByRole("button", { name: t("viewers.remove", { name: other.fullName }) }).click();
    await viewer.page.getByText(t("viewers.overText")).waitFor();
    expect([...owner.complaints, ...viewer.complaints]).toEqual([]);
    await viewer.close();
    await owner.close();
    await admin.stopSessions();
  });
});
