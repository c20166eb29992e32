import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { password, register } from "./people.ts";
import { openBrowser, openPortal, type PageOptions, type PortalPage } from "./portal-page.ts";
import { type RunningStoa, runningStoa } from "./running-stoa.ts";

let browser: Browser;
let stoa: RunningStoa;

beforeAll(async () => {
  // A server of our own: nobody else's tests want to run into a maintenance.
  [browser, stoa] = await Promise.all([openBrowser(), runningStoa({ STOA_UPLOAD_LIMIT: "1GiB" })]);
});
afterAll(async () => {
  await browser?.close();
  await stoa?.stop();
});

const looks: readonly PageOptions[] = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
];

async function asAdmin(options: PageOptions): Promise<PortalPage> {
  const portal = await openPortal(browser, stoa.url, options);
  await portal.signIn("admin", stoa.adminPassword);
  return portal;
}

/** Somebody else, whose page stays open meanwhile. */
async function asPerson(options: PageOptions): Promise<PortalPage> {
  const { username } = await register(stoa.url, options.locale);
  const portal = await openPortal(browser, stoa.url, options);
  await portal.signIn(username, password);
  return portal;
}

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`system-${name}`);
  expect(await portal.axe(), name).toEqual([]);
  expect(portal.complaints, name).toEqual([]);
}

describe.each(looks)("an administrator ($locale, $scheme, $width)", (options) => {
  test("announces something, which everybody sees at once, hides for themselves, and sees no more when it is ended", async () => {
    const [admin, person] = [await asAdmin(options), await asPerson(options)];
    const { page, t } = admin;
    const fa = options.locale === "fa";
    const [english, persian] = [`New machines ${options.locale}`, `ماشین‌های تازه ${options.locale}`];
    const title = fa ? persian : english;
    await page.goto("/portal/system/announcements");
    await page.getByRole("button", { name: t("system.announce") }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(t("system.titleField"), { exact: true }).fill(english);
    await dialog
      .getByLabel(new RegExp(`^${t("system.textField")}`))
      .first()
      .fill("From **Monday** on.");
    await dialog.getByText(t("system.inPersian")).click();
    await dialog.getByLabel(t("system.titlePersian")).fill(persian);
    await dialog.getByLabel(t("system.textPersian")).fill("از **دوشنبه**.");
    await dialog.getByLabel(t("system.public")).check();
    await look(admin, "announce");
    await dialog.getByRole("button", { name: t("system.publish") }).click();
    await dialog.waitFor({ state: "detached" });
    const above = person.page.getByRole("region", { name: t("system.announced") });
    await above.getByText(title).waitFor({ timeout: 2_000 });
    await above.locator("strong", { hasText: fa ? "دوشنبه" : "Monday" }).waitFor();
    await look(person, "announced");
    const stranger = await openPortal(browser, stoa.url, options);
    await stranger.page.goto("/portal/sign-in");
    await stranger.page.getByText(title).waitFor();
    await look(stranger, "sign-in-announced");
    await person.page.getByRole("button", { name: t("system.dismiss", { title }) }).click();
    await above.getByText(title).waitFor({ state: "detached" });
    await person.page.reload();
    await person.page.getByRole("heading", { level: 1 }).waitFor();
    expect(await above.getByText(title).count()).toBe(0);
    await look(admin, "announcements");
    await page.getByRole("button", { name: t("system.endOne", { title }) }).click();
    await page.getByText(t("system.announcementEnded", { title })).waitFor();
    await page.getByRole("button", { name: t("undo.undo") }).click();
    await page.getByRole("button", { name: t("system.endOne", { title }) }).click();
    await page.getByRole("button", { name: t("system.deleteOne", { title }) }).click();
    await page.getByText(t("system.announcementDeleted", { title })).waitFor();
    for (const portal of [admin, person, stranger]) await portal.close();
  });

  test("begins a maintenance: people see it and can only look; it is ended above the page", async () => {
    const [admin, person] = [await asAdmin(options), await asPerson(options)];
    const { page, t } = admin;
    await page.goto("/portal/system/announcements");
    await page.getByRole("button", { name: t("system.planMaintenance") }).click();
    const dialog = page.getByRole("dialog");
    await dialog
      .getByLabel(new RegExp(`^${t("system.message")}`))
      .first()
      .fill("New disks. دیسک‌های تازه");
    const plan = dialog.getByRole("button", { name: t("system.plan") });
    const from = dialog.getByLabel(t("system.startsAt"), { exact: true });
    expect(await plan.isDisabled()).toBe(true);
    if (options.locale === "fa") {
      const isWrong = () => from.evaluate((field) => field.matches(":invalid"));
      await from.fill("۱۴۰۵/۱۳/۰۱ ۱۰:۰۰");
      expect(await isWrong()).toBe(true);
      await from.fill("۱۴۵۰/۱۲/۰۱ ۱۰:۰۰");
      expect(await isWrong()).toBe(false);
    } else await from.fill("2070-03-01T10:00");
    expect(await plan.isEnabled()).toBe(true);
    await look(admin, "plan-maintenance");
    await dialog.getByText(t("system.maintenanceNow"), { exact: true }).click();
    await dialog.getByText(t("system.maintenanceNowMeans")).waitFor();
    expect(await from.count()).toBe(0);
    await look(admin, "begin-maintenance");
    await dialog.getByRole("button", { name: t("system.beginNow") }).click();
    const told = person.page.getByText(t("system.maintenanceOn"));
    await told.waitFor({ timeout: 2_000 });
    await look(person, "maintenance");
    await look(admin, "maintenance-admin");
    await person.page.goto("/portal/workspaces");
    const refused = await person.page.evaluate(`(async () => {
      const session = await (await fetch("/api/stoa/v1/auth/session")).json();
      const headers = { "Content-Type": "application/json", "X-CSRF-Token": session.csrf_token };
      const answer = await fetch("/workspaces/", { method: "POST", headers, body: "{}" });
      return [answer.status, answer.headers.get("retry-after"), Object.keys(await answer.json())];
    })()`);
    expect(refused).toEqual([503, "300", ["success", "message"]]);
    await page.getByRole("button", { name: t("system.endMaintenance") }).click();
    await dialog.getByText(t("system.endMaintenanceText")).waitFor();
    await dialog.getByText("New disks. دیسک‌های تازه").waitFor();
    await look(admin, "end-maintenance");
    await dialog.getByRole("button", { name: t("common.cancel") }).click();
    await page.getByText(t("system.maintenanceOn")).first().waitFor();
    await page.getByRole("button", { name: t("system.endMaintenance") }).click();
    await dialog.getByRole("button", { name: t("system.endMaintenance") }).click();
    await page.getByText(t("system.maintenanceEnded")).waitFor();
    await person.page.getByText(t("system.maintenanceOn")).waitFor({ state: "detached", timeout: 2_000 });
    for (const portal of [admin, person]) await portal.close();
  });

  test("finds a setting, changes it, and takes it back; what is set at the host can't be changed", async () => {
    const admin = await asAdmin(options);
    const { page, t } = admin;
    await page.goto("/portal/system");
    await page.getByRole("heading", { level: 2, name: t("system.features") }).waitFor();
    await look(admin, "settings");
    await page.getByLabel(t("system.searchSettings")).fill("STOA_GROUP_CREATION");
    const row = page.getByRole("listitem").filter({ hasText: "STOA_GROUP_CREATION" });
    await row.getByText(t("system.choices.admins"), { exact: true }).waitFor();
    await row.getByRole("button").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(t("system.newValue")).selectOption("everyone");
    await look(admin, "edit-setting");
    await dialog.getByRole("button", { name: t("common.save") }).click();
    await row.getByText(t("system.choices.everyone"), { exact: true }).waitFor();
    await row.getByText(t("system.changedBy", { name: "admin" })).waitFor();
    await page.getByRole("button", { name: t("undo.undo") }).click();
    await row.getByText(t("system.choices.admins"), { exact: true }).waitFor();
    await page.getByLabel(t("system.searchSettings")).fill("STOA_SESSIONS_PER_PERSON");
    await page.getByRole("listitem").filter({ hasText: "STOA_SESSIONS_PER_PERSON" }).getByRole("button").click();
    await dialog.getByLabel(t("system.newValue")).fill("many");
    await dialog.getByRole("button", { name: t("common.save") }).click();
    await dialog.getByRole("alert").waitFor();
    expect(await dialog.getByLabel(t("system.newValue")).inputValue()).toBe("many");
    await page.keyboard.press("Escape");
    await page.getByLabel(t("system.searchSettings")).fill("STOA_UPLOAD_LIMIT");
    const fixed = page.getByRole("listitem").filter({ hasText: "STOA_UPLOAD_LIMIT" });
    await fixed.getByText(t("system.fixed")).waitFor();
    expect(await fixed.getByRole("button").count()).toBe(0);
    await admin.close();
  });

  test("sees what can be started and where, and empties a machine", async () => {
    const admin = await asAdmin(options);
    const { page, t } = admin;
    await page.goto("/portal/system/resources");
    const host = page.getByRole("article");
    const takes = host.getByRole("switch", { name: t("system.takesSessions") });
    await takes.waitFor();
    await page.getByRole("listitem").filter({ hasText: "terminal" }).first().waitFor();
    await look(admin, "resources");
    await takes.uncheck({ force: true });
    await expect.poll(() => takes.isChecked()).toBe(false);
    await page.getByRole("button", { name: t("system.lookAgain") }).click();
    await page.reload();
    await takes.waitFor();
    await expect.poll(() => takes.isChecked()).toBe(false);
    await expect.poll(() => takes.isDisabled()).toBe(false);
    await takes.check({ force: true });
    await expect.poll(() => takes.isChecked()).toBe(true);
    await admin.close();
  });

  test("goes through the pages of the system by keyboard", async () => {
    const admin = await asAdmin(options);
    const { page, t } = admin;
    await page.goto("/portal/system");
    const tabs = page.getByRole("navigation", { name: t("frame.system") });
    for (const word of ["announcements", "mail", "services", "audit"]) {
      const tab = tabs.getByRole("link", { name: t(`system.tabs.${word}`) });
      await tab.focus();
      await page.keyboard.press("Enter");
      await expect.poll(() => tab.getAttribute("aria-current"), { timeout: 10_000 }).toBe("page");
    }
    await admin.close();
  });
});

test("an announcement that no page can draw is read as plain words, and the page goes on", async () => {
  const portal = await openPortal(browser, stoa.url, { locale: "en", scheme: "light", width: 1366 });
  const deep = `${"- ".repeat(1_999)}the very end`;
  const shown = { id: 1, title: "Deep", text: deep, title_fa: "", text_fa: "", kind: "info" };
  await portal.page.route("**/api/stoa/v1/announcements/current", (route) =>
    route.fulfill({
      json: {
        maintenance: null,
        announcements: [{ ...shown, dismissible: true, ends_at: null }],
        next_change_at: null,
      },
    }),
  );
  await portal.page.goto("/portal/sign-in");
  await portal.page.getByText("the very end").waitFor();
  await portal.page.getByRole("heading", { level: 1, name: portal.t("auth.signIn") }).waitFor();
});

test("who signs out leaves nothing of theirs in the browser, in other tabs neither", async () => {
  const portal = await asAdmin({ locale: "en", scheme: "light", width: 1366 });
  const second = await portal.page.context().newPage();
  await second.goto("/portal/workspaces");
  await second.getByRole("heading", { level: 1 }).waitFor();
  for (const page of [portal.page, second]) {
    await page.evaluate(() => {
      localStorage.setItem("stoa.uploads", '[{"path":"secret-plan.pdf"}]');
      localStorage.setItem("stoa.options.7.jupyter", "{}");
      sessionStorage.setItem("stoa.draft.1.group.new", '{"name":["Reef"]}');
    });
  }
  await portal.page.getByRole("button", { name: portal.t("frame.signOut") }).click();
  const own = () =>
    [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((key) =>
      /draft|uploads|options|recent/.test(key),
    );
  for (const page of [portal.page, second]) {
    await page.waitForURL("**/portal/sign-in**");
    expect(await page.evaluate(own)).toEqual([]);
  }
});

test("a setting is found by the palette", async () => {
  const portal = await asAdmin({ locale: "en", scheme: "light", width: 1366 });
  await portal.page.keyboard.press("Control+k");
  await portal.page.keyboard.type("kept apart");
  await portal.page.getByRole("option", { name: /How sessions are kept apart/ }).click();
  await portal.page.getByText("STOA_LOCAL_ISOLATION", { exact: true }).waitFor();
  await portal.picture("system-setting-found");
  await portal.page.goto("/portal/system");
  await portal.page.getByRole("heading", { name: portal.t("system.features") }).waitFor();
  await portal.picture("system-features");
});
