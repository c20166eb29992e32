import { beforeAll, describe, expect, test } from "vitest";
import { apiOf } from "./account-api.ts";
import { openedOwn } from "./opened.ts";
import { password, type Registered, register } from "./people.ts";
import type { PortalPage } from "./portal-page.ts";

const stoa = openedOwn();

beforeAll(async () => {
  await stoa.database.query(`
    insert into accounts (username, username_key, email, full_name, status, last_seen_at, email_verified_at, created_at)
    select 'many' || n, 'many' || n, 'many' || n || '@example.org', 'Many Person ' || n,
      case when n % 9 = 0 then 'deactivated' when n % 11 = 0 then 'pending' else 'active' end,
      case when n % 4 = 0 then null else now() - make_interval(hours => n % 900) end,
      case when n % 7 = 0 then null else now() end, now() - interval '9 days' - make_interval(mins => n)
    from generate_series(1, 10000) n`);
  await stoa.database.query("analyze accounts");
});

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`people-${name}`);
  expect(await portal.axe(), name).toEqual([]);
  expect(portal.complaints, name).toEqual([]);
}

const idOf = async ({ username }: Registered): Promise<number> =>
  Number((await stoa.database.query("select id from accounts where username = $1", [username])).rows[0].id);

describe.each(["en", "fa"] as const)("an administrator (%s)", (locale) => {
  const scheme = locale === "en" ? "light" : "dark";

  test("finds one of ten thousand, and the address says how", async () => {
    const portal = await stoa.asAdmin({ locale, scheme });
    const { page, t } = portal;
    try {
      await page.goto("/portal/people");
      await page
        .getByRole("region", { name: t("people.picture") })
        .getByRole("button")
        .first()
        .waitFor();
      await page.getByText("Many Person 1", { exact: true }).waitFor();
      await look(portal, "many");
      await page.setViewportSize({ width: 390, height: 844 });
      await portal.picture("people-many-phone");
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.getByLabel(t("people.searchLabel")).fill("many7777@");
      await page.getByText("Many Person 7777", { exact: true }).waitFor();
      await expect.poll(() => page.getByRole("checkbox").count()).toBe(2);
      expect(page.url()).toContain("search=many7777%40");
      await page.reload();
      await page.getByText("Many Person 7777", { exact: true }).waitFor();
    } finally {
      await portal.close();
    }
  });

  test("narrows to a part of the picture, under the same name and to as many", async () => {
    const portal = await stoa.asAdmin({ locale, scheme });
    const { page, t } = portal;
    await page.goto("/portal/people");
    const part = page
      .getByRole("region", { name: t("people.picture") })
      .getByRole("button", { name: new RegExp(t("people.state_pending")) });
    const count = await part.locator("strong").innerText();
    await part.click();
    await page.waitForURL(/state=pending/);
    expect(await page.getByRole("combobox", { name: t("people.which") }).inputValue()).toBe(t("people.state_pending"));
    await page.getByLabel(t("people.chooseAll", { n: count })).waitFor();

    // What can't be read is told alone: nothing is counted, and nobody can be chosen.
    await page.route("**/api/stoa/v1/people*", (route) => route.fulfill({ status: 500, json: {} }));
    await page.goto("/portal/people");
    await page.getByRole("button", { name: t("common.retry") }).waitFor();
    expect(await page.getByRole("region", { name: t("people.picture") }).count()).toBe(0);
    expect(await page.getByRole("group", { name: t("people.many") }).count()).toBe(0);
    await look(portal, "error");
    await portal.close();
  });

  test("deactivates several at once, is told who was left alone, and takes it back", async () => {
    const people = [await register(stoa.url, locale), await register(stoa.url, locale)];
    const portal = await stoa.asAdmin({ locale, scheme });
    const { page, t } = portal;
    try {
      const bar = page.getByRole("group", { name: t("people.many") });
      await page.goto(`/portal/people?state=admins`);
      await page.getByRole("checkbox").last().check();
      await bar.getByRole("button", { name: t("people.deactivate") }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: t("people.deactivate") }).click();
      const result = page.getByRole("region", { name: t("people.result") });
      await result.getByText(t("people.why_not_yourself")).waitFor();
      await look(portal, "refused");
      await page.goto(`/portal/people?search=${encodeURIComponent(`Shirin r${locale}`)}`);
      for (const { fullName } of people) await page.getByLabel(t("people.choose", { name: fullName })).check();
      await look(portal, "chosen");
      await bar.getByRole("button", { name: t("people.deactivate") }).click();
      await dialog.getByRole("button", { name: t("people.deactivate") }).click();
      await result.getByRole("button", { name: t("people.undo") }).click();
      await result.getByRole("button", { name: t("people.undo") }).waitFor({ state: "hidden" });
      await result.getByRole("button", { name: t("common.close") }).waitFor();
      const states = async () => {
        const names = people.map(({ username }) => username);
        const { rows } = await stoa.database.query("select status from accounts where username = any($1)", [names]);
        return rows;
      };
      await expect.poll(states).toEqual([{ status: "active" }, { status: "active" }]);
    } finally {
      await portal.close();
    }
  });

  test("sees on one page all that somebody has, and why they can't start", async () => {
    const person = await register(stoa.url, locale);
    const id = await idOf(person);
    const api = await apiOf(stoa.url, person.username, password);
    await api.makeWorkspace(`Data of ${person.username}`, { "notes.txt": "one" });
    await stoa.database.query(
      `insert into core_hour_quotas (account_id, allowed, period, set_by, set_by_label, set_at)
       select $1, 0.00001, 'total', id, username, now() from accounts where username = 'admin'`,
      [id],
    );
    const portal = await stoa.asAdmin({ locale, scheme });
    const { page, t } = portal;
    try {
      await page.goto(`/portal/people/${id}`);
      const why = page.getByRole("region", { name: t("whyNot.title") });
      await why.getByText(t("startForm.notNow")).waitFor();
      await why.getByText(/admin/).first().waitFor();
      for (const part of ["person.sessions", "person.workspaces", "person.access", "person.operations"]) {
        await page.getByRole("region", { name: t(part) }).waitFor();
      }
      await page.getByText(`Data of ${person.username}`).first().waitFor();
      await look(portal, "person");
      await page.screenshot({ path: `artifacts/people-person-whole-${locale}.png`, fullPage: true });
      await page.setViewportSize({ width: 390, height: 844 });
      await page.screenshot({ path: `artifacts/people-person-phone-${locale}.png`, fullPage: true });
    } finally {
      await portal.close();
    }
  });

  test("acts as somebody and comes back; that person sees it at once, and for ever", async () => {
    const person = await register(stoa.url, locale);
    const theirs = await stoa.open({ locale, scheme }, person.username, password);
    const portal = await stoa.asAdmin({ locale, scheme });
    const { page, t } = portal;
    try {
      await page.goto(`/portal/people/${await idOf(person)}`);
      await page.getByRole("button", { name: t("acting.verb") }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel(t("acting.reason")).fill("Nothing starts for you");
      await dialog.getByLabel(t("acting.ownPassword"), { exact: true }).fill(stoa.adminPassword);
      await look(portal, "ask");
      await dialog.getByRole("button", { name: t("acting.begin") }).click();
      const stop = page.getByRole("button", { name: t("acting.stop"), exact: true });
      await stop.waitFor();
      await page.goto("/portal/workspaces");
      await stop.waitFor();
      await look(portal, "acting");
      await page.setViewportSize({ width: 390, height: 844 });
      await portal.picture("people-acting-phone");
      await theirs.page
        .getByText(t("acting.because", { reason: "Nothing starts for you" }))
        .waitFor({ timeout: 3_000 });
      await look(theirs, "seen");
      await stop.click();
      await page.waitForURL(/\/portal\/people\/\d+$/);
      await page.getByRole("heading", { name: person.fullName }).waitFor();
      expect(await stop.count()).toBe(0);
      await theirs.page
        .getByText(t("acting.because", { reason: "Nothing starts for you" }))
        .waitFor({ state: "hidden" });
      await theirs.page.goto("/portal/account/security");
      const told = theirs.page.getByRole("region", { name: t("acting.title") });
      await told.getByText("Nothing starts for you").waitFor();
      await look(theirs, "account");
    } finally {
      await portal.close();
      await theirs.close();
    }
  });
});
