import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiOf } from "./account-api.ts";
import { codeNow } from "./authenticator.ts";
import { password, register } from "./people.ts";
import { openBrowser, openPortal, type PageOptions, type PortalPage } from "./portal-page.ts";
import { type RunningStoa, runningStoa } from "./running-stoa.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

async function withPortal(url: string, options: PageOptions, work: (portal: PortalPage) => Promise<void>) {
  const portal = await openPortal(browser, url, options);
  try {
    await work(portal);
    expect(portal.complaints).toEqual([]);
  } finally {
    await portal.close();
  }
}

describe("one's own account", () => {
  let stoa: RunningStoa;
  beforeAll(async () => {
    stoa = await runningStoa();
  });
  afterAll(() => stoa?.stop());

  test("gives all that is kept about one as a zip", async () => {
    const { username } = await register(stoa.url, "fa");
    await withPortal(stoa.url, { locale: "fa" }, async (portal) => {
      const { page, t } = portal;
      await portal.signIn(username, password);
      await page.goto("/portal/account/data");
      const part = page.getByRole("region", { name: t("myData.title") });
      await part.getByRole("button", { name: t("myData.gather") }).click();
      const link = part.getByRole("link", { name: t("files.downloadIt") });
      await link.waitFor({ timeout: 40_000 });
      await part.scrollIntoViewIfNeeded();
      await portal.picture("account-export");
      expect(await portal.axe()).toEqual([]);
      const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
      expect(download.suggestedFilename()).toMatch(/\.zip$/);
      const zip = readFileSync(await download.path());
      expect(zip.subarray(0, 4).toString("latin1")).toBe("PK\u0003\u0004");
    });
  });

  test("is deleted after one has seen what goes, and kept by a change of mind", async () => {
    const look = { locale: "fa", scheme: "dark", width: 390 } as const;
    const { username } = await register(stoa.url, look.locale);
    const person = await apiOf(stoa.url, username, password);
    await person.makeWorkspace("Thesis", { "a.txt": "a" });
    await withPortal(stoa.url, look, async (portal) => {
      const { page, t } = portal;
      await portal.signIn(username, password);
      await page.goto("/portal/account/data");
      const part = page.getByRole("region", { name: t("deletion.title") });
      await part.getByRole("button", { name: t("deletion.look") }).click();
      const ask = part.getByRole("button", { name: t("deletion.ask") });
      await ask.waitFor();
      await ask.scrollIntoViewIfNeeded();
      await portal.picture("account-deletion-plan");
      expect(await portal.axe()).toEqual([]);
      await ask.click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel(t("auth.currentPassword"), { exact: true }).fill("not that one");
      await dialog.getByRole("button", { name: t("deletion.ask") }).click();
      await dialog.getByRole("alert").waitFor();
      await portal.picture("account-deletion-refused");
      await dialog.getByLabel(t("auth.currentPassword"), { exact: true }).fill(password);
      await dialog.getByRole("button", { name: t("deletion.ask") }).click();

      const keep = page.getByRole("button", { name: t("deletion.keep") });
      await keep.waitFor();
      await page.goto("/portal/workspaces");
      await keep.waitFor();
      await portal.picture("account-deletion-banner");
      expect(await portal.axe()).toEqual([]);
      await keep.click();
      await keep.waitFor({ state: "detached" });
      expect(await person.makeWorkspace("Another", {})).toBeGreaterThan(0);
    });
  });
});

describe("where more is asked of people", () => {
  let stoa: RunningStoa;
  beforeAll(async () => {
    stoa = await runningStoa({ STOA_REQUIRE_SECOND_FACTOR: "everyone", STOA_UNVERIFIED_PEOPLE: "look" });
  });
  afterAll(() => stoa?.stop());

  /** Sets up what is asked for before anything else is open. */
  async function enrol(portal: PortalPage, username: string, secretIs: string, name: string): Promise<void> {
    const { page, t } = portal;
    await page.goto("/portal");
    await page.getByLabel(t("auth.usernameOrEmail")).fill(username);
    await page.getByLabel(t("auth.password"), { exact: true }).fill(secretIs);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: t("secondFactor.forcedTitle") }).waitFor();
    // There is no way around it.
    await page.goto("/portal/workspaces");
    await page.getByRole("heading", { level: 1, name: t("secondFactor.forcedTitle") }).waitFor();
    await portal.picture(name);
    expect(await portal.axe()).toEqual([]);
    await page.getByLabel(t("auth.currentPassword"), { exact: true }).fill(secretIs);
    await page.getByRole("button", { name: t("secondFactor.next") }).click();
    await page.getByText(t("secondFactor.noCamera")).click();
    const secret = await page.locator("code").first().innerText();
    await page.getByLabel(t("secondFactor.firstCode")).fill(codeNow(secret));
    await page.getByRole("button", { name: t("secondFactor.confirm") }).click();
    await page.getByLabel(t("secondFactor.codesKept")).check();
    await page.getByRole("button", { name: t("secondFactor.done") }).click();
    await page
      .getByRole("navigation", { name: t("frame.navigation") })
      .filter({ visible: true })
      .waitFor();
  }

  test("a second factor is set up, then an address proven by a mail that an administrator passes on", async () => {
    const { username, email } = await register(stoa.url, "fa");
    let link = "";
    const person = await openPortal(browser, stoa.url, { locale: "fa", scheme: "dark", width: 390 });
    await enrol(person, username, password, "second-factor-forced");
    await person.page.getByText(person.t("verify.limited")).waitFor();
    await person.picture("verify-limited");
    expect(await person.axe()).toEqual([]);
    await person.page
      .getByRole("button", { name: person.t("verify.send") })
      .first()
      .click();
    // The registration's own mail is minutes old at most: nobody's mailbox is filled by asking.
    await person.page.getByRole("alert").filter({ hasText: "ثانیه" }).waitFor();
    await person.picture("verify-too-soon");

    await withPortal(stoa.url, { locale: "en" }, async (portal) => {
      const { page, t } = portal;
      await enrol(portal, "admin", stoa.adminPassword, "second-factor-forced");
      await page.goto("/portal/mails");
      await page
        .getByRole("listitem")
        .filter({ hasText: email })
        .first()
        .getByRole("button", { name: t("mails.read") })
        .click();
      const text = page.getByRole("dialog").getByText(/portal\/verify#/);
      await text.waitFor();
      await portal.picture("mail-read");
      expect(await portal.axe()).toEqual([]);
      link = /https?:\S+\/portal\/verify#\S+/.exec(await text.innerText())?.[0] ?? "";
    });
    expect(link).not.toBe("");

    await person.page.goto(link);
    await person.page.getByText(person.t("verify.done", { email })).waitFor();
    await person.picture("verify-done");
    expect(await person.axe()).toEqual([]);
    await person.page.goto("/portal/workspaces");
    await person.page.getByRole("button", { name: person.t("workspaces.new"), exact: true }).waitFor();
    expect(await person.page.getByText(person.t("verify.limited")).count()).toBe(0);
    expect(person.complaints).toEqual([]);
    await person.close();
  });
});
