import type { Route } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { openedOwn } from "./opened.ts";
import { password, register } from "./people.ts";
import type { PortalPage } from "./portal-page.ts";

// Nothing but Stoa itself holds anybody to a quota here: where workspaces lie inside.
const stoa = openedOwn({
  STORAGE_WORKSPACES: "inside",
  // As root there is a broker, which gives directories to their people's accounts only.
  ...(process.getuid?.() === 0 ? { STORAGE_OWNERSHIP: "account" } : {}),
});
const MiB = 2 ** 20;

const looks = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const;

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`storage-${name}`);
  expect(await portal.axe("all"), name).toEqual([]);
  expect(portal.complaints, name).toEqual([]);
}

/** Nothing is counted in the background meanwhile: figures stay as they are set. */
const holdCounting = () =>
  stoa.database.query(`insert into leases (name, holder, until) values ('storage.scan', 'a test', now() + interval '1 day')
    on conflict (name) do update set holder = excluded.holder, until = excluded.until`);
const letCount = () => stoa.database.query("delete from leases where name = 'storage.scan'");
beforeEach(() => holdCounting().then(() => undefined));

/** As if its usage had just been counted. */
async function count(name: string, used: number): Promise<void> {
  await stoa.database.query(
    `update storage_subjects set used = $2, used_kind = 'apparent', used_at = now(), scan_at = now() + interval '1 day'
     where name = $1 and deleted_at is null`,
    [name, used],
  );
  await stoa.database.query(`insert into events (type, subject_kind, subject_id, visibility, data)
    values ('storage.counted', 'storage', 'all', 'internal', '{"ids": null}')`);
}

/** By the dialog of the page that is open; leads to its page. */
async function make({ page, t }: PortalPage, name: string, quota: string, owner?: string): Promise<void> {
  await page.getByRole("button", { name: t("adminStorage.new") }).click();
  const dialog = page.getByRole("dialog");
  if (owner !== undefined) {
    const whose = dialog.getByRole("combobox", { name: new RegExp(t("adminStorage.owner")) });
    await whose.fill(owner);
    await page.getByRole("option", { name: new RegExp(owner) }).click();
  }
  await dialog.getByLabel(t("adminStorage.name")).fill(name);
  await dialog.getByLabel(t("storage.quota"), { exact: true }).fill(quota);
  await dialog.getByRole("button", { name: t("common.create") }).click();
}

const quotaOf = async (name: string): Promise<number | undefined> => {
  const { rows } = await stoa.database.query(
    "select quota from storage_subjects where name = $1 and deleted_at is null",
    [name],
  );
  return rows.length === 0 ? undefined : Number(rows[0].quota);
};

describe.each(looks)("an administrator ($locale)", (options) => {
  test("makes storage, changes its quota where it stands, and takes that back", async () => {
    const owner = await register(stoa.url, options.locale);
    const name = `made-${options.locale}`;
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    await page.goto("/portal/admin/storage");
    await page.getByRole("heading", { level: 1, name: t("adminStorage.title") }).waitFor();
    await make(portal, name, "10 GiB", owner.username);
    await page.getByRole("heading", { level: 1, name: owner.fullName }).waitFor();
    expect(await quotaOf(name)).toBe(10 * 1024 * MiB);
    await page.getByRole("link", { name: owner.fullName }).waitFor();
    await look(portal, "made");

    const change = page.getByRole("button", { name: new RegExp(`: .*${owner.fullName}`) });
    const field = page.getByRole("textbox", { name: new RegExp(owner.fullName) });
    await change.click();
    expect(await field.inputValue()).toBe("10 GiB");
    await field.fill("a lot");
    await page.getByText(t("storage.wrongSize")).waitFor();
    await look(portal, "wrong-quota");
    await field.press("Escape");
    await expect.poll(() => change.and(page.locator(":focus")).count()).toBe(1);
    expect(await quotaOf(name)).toBe(10 * 1024 * MiB);
    await change.press("Enter");
    await field.fill(options.locale === "fa" ? "۲۵ گیگ" : "25g");
    // The event that tells of it is here before the answer: what was before is known all the same.
    const late = async (call: Route) => {
      const isSubject = (url: string) => /\/storage\/subjects\/\d+$/.test(url);
      const heard = page.waitForResponse((one) => one.request().method() === "GET" && isSubject(one.url()));
      const answer = await call.fetch();
      await heard;
      await call.fulfill({ response: answer });
    };
    await page.route("**/quota", late, { times: 1 });
    await field.press("Enter");
    await page.getByRole("button", { name: t("undo.undo") }).waitFor();
    expect(await quotaOf(name)).toBe(25 * 1024 * MiB);
    await look(portal, "quota-changed");
    await page.getByRole("button", { name: t("undo.undo") }).click();
    await expect.poll(() => quotaOf(name)).toBe(10 * 1024 * MiB);

    // Whoever opens the person finds it there.
    await page.getByRole("link", { name: owner.fullName }).click();
    await page
      .getByRole("region", { name: t("frame.allStorage") })
      .getByRole("link")
      .click();
    await page.getByRole("button", { name: t("adminStorage.unlink") }).click();
    await page.getByText(t("adminStorage.nobodys")).waitFor();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await page.getByRole("button", { name: t("undo.undo") }).click();
    await page.getByRole("heading", { level: 1, name: owner.fullName }).waitFor();
    await portal.close();
  });

  test("deletes it, is asked which is meant when the name comes again, and ends it for good", async () => {
    const name = `gone-${options.locale}`;
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    const dialog = page.getByRole("dialog");
    const remove = async () => {
      await page.getByRole("button", { name: t("adminStorage.delete") }).click();
      await dialog.getByRole("button", { name: t("adminStorage.delete") }).waitFor();
    };
    await page.goto("/portal/admin/storage");
    await make(portal, name, "1 GiB");
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await remove();
    await dialog.getByText(options.locale === "en" ? /brought back until/ : /برش گرداند/).waitFor();
    await look(portal, "delete");
    await dialog.getByRole("button", { name: t("adminStorage.delete") }).click();
    await page.waitForURL(/\/admin\/storage$/);
    await expect.poll(() => quotaOf(name)).toBeUndefined();

    await make(portal, name, "2 GiB");
    await dialog.getByText(t("adminStorage.inTrashWhich")).waitFor();
    await look(portal, "in-trash");
    await dialog.getByRole("button", { name: t("adminStorage.bringBack") }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    expect(await quotaOf(name)).toBe(1024 * MiB);

    await remove();
    await dialog.getByRole("button", { name: t("adminStorage.delete") }).click();
    await page.waitForURL(/\/admin\/storage$/);
    await make(portal, name, "3 GiB");
    await dialog.getByRole("button", { name: t("adminStorage.makeAnew") }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    expect(await quotaOf(name)).toBe(3 * 1024 * MiB);

    await page.goto("/portal/admin/storage/trash");
    const row = page.getByRole("listitem").filter({ hasText: name });
    await row.waitFor();
    await look(portal, "trash");
    // Its place is taken: why it can't come back stands beside it.
    await row.getByRole("button", { name: t("trash.restoreShort") }).click();
    await row.getByRole("alert").waitFor();
    await row.getByRole("button", { name: t("trash.erase", { name }) }).click();
    await dialog.getByText(t("adminStorage.purgeText")).waitFor();
    await look(portal, "purge");
    await dialog.getByRole("button", { name: t("trash.eraseShort") }).click();
    await page.getByText(t("states.succeeded"), { exact: true }).first().waitFor();
    await row.waitFor({ state: "detached" });
    await look(portal, "purged");
    await portal.close();
  });

  test("gives many one quota, learns who could not have it, and finds those who are full", async () => {
    const names = ["one", "two", "three"].map((one) => `${one}-${options.locale}`);
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    const dialog = page.getByRole("dialog");
    for (const name of names) {
      await page.goto("/portal/admin/storage");
      await make(portal, name, "100 MiB");
      await page.getByRole("heading", { level: 1, name }).waitFor();
    }
    await count(names[0] ?? "", 95 * MiB);
    await count(names[1] ?? "", 400 * MiB);
    await page.goto(`/portal/admin/storage?search=-${options.locale}&sort=name`);
    for (const name of names) await page.getByRole("checkbox", { name: t("adminStorage.choose", { name }) }).check();
    await look(portal, "chosen");
    await page.getByRole("button", { name: t("adminStorage.setQuota") }).click();
    await dialog.getByLabel(t("storage.quota"), { exact: true }).fill("200 MiB");
    await look(portal, "many");
    // No back end of this machine refuses one alone.
    const third = "(select id from storage_subjects where name = $1 and deleted_at is null)";
    const { rows } = await stoa.database.query(`select ${third} as id`, [names[2]]);
    await page.route("**/storage/quotas", async (route) => {
      const answer = await route.fetch();
      const { items } = (await answer.json()) as { items: { id: number }[] };
      const refused = { id: Number(rows[0].id), done: false, problem: "dataset is busy" };
      await route.fulfill({
        response: answer,
        json: { items: items.map((one) => (one.id === refused.id ? refused : one)) },
      });
    });
    await dialog.getByRole("button", { name: t("adminStorage.setQuota") }).click();
    const refusals = page.getByRole("region", { name: t("adminStorage.refusals") });
    await refusals.getByText("dataset is busy").waitFor();
    await look(portal, "refused");
    expect(await quotaOf(names[0] ?? "")).toBe(200 * MiB);
    await page.getByRole("button", { name: t("undo.undo") }).click();
    await expect.poll(() => quotaOf(names[0] ?? "")).toBe(100 * MiB);

    const over = page.getByRole("button", { name: new RegExp(t("adminStorage.only_over")) });
    await over.click();
    await page.waitForURL(/only=over/);
    const list = page.getByRole("list", { name: t("adminStorage.title") });
    await expect.poll(() => list.getByRole("listitem").count()).toBe(1);
    await list.getByText(t("storage.level_over")).waitFor();
    await look(portal, "over");

    // The picture: one stop for the keyboard, arrows go on, Enter leads there.
    const map = page.getByRole("list", { name: t("adminStorage.map") });
    expect(await map.locator("a[tabindex='0']").count()).toBe(1);
    await map.locator("a").first().focus();
    await page.keyboard.press("ArrowDown");
    const second = await map.locator("a").nth(1).getAttribute("href");
    expect(await page.evaluate("document.activeElement.getAttribute('href')")).toBe(second);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/admin\/storage\/\d+$/);
    await portal.close();
  });

  test("has everybody's use counted anew", async () => {
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    await page.goto("/portal/admin/storage");
    if ((await quotaOf(`made-${options.locale}`)) === undefined) await make(portal, `made-${options.locale}`, "1 GiB");
    await stoa.database.query("update storage_subjects set used_at = now() - interval '3 hours'");
    await count("nobody", 0);
    await page.reload();
    await page
      .getByText(options.locale === "en" ? "3 hours ago" : "۳ ساعت پیش")
      .first()
      .waitFor();
    await letCount();
    await page.getByRole("button", { name: t("storage.recount") }).click();
    await expect
      .poll(() => page.getByText(options.locale === "en" ? "3 hours ago" : "۳ ساعت پیش").count(), { timeout: 20_000 })
      .toBe(0);
    await portal.close();
  });
});

test.each(looks)("a person sees how full it is from Home on, and gets out of being full ($locale)", async (options) => {
  const somebody = await register(stoa.url, options.locale);
  const portal = await stoa.open(options, somebody.username, password);
  const { page, t } = portal;
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect(await page.getByRole("link", { name: t("frame.storage") }).count()).toBe(0);
  await page.goto("/portal/storage");
  await page.getByText(t("storage.noneText")).waitFor();
  await look(portal, "person-none");

  const admin = await stoa.asAdmin(options);
  await admin.page.goto("/portal/admin/storage");
  await make(admin, somebody.username, "100 MiB", somebody.username);
  await admin.page.getByRole("heading", { level: 1, name: somebody.fullName }).waitFor();
  await count(somebody.username, 104 * MiB);
  await stoa.database.query(
    `insert into storage_history (subject_id, at, used, quota)
     select id, date_trunc('hour', now()) - interval '1 day' * n, 104857600 - n * 2000000, quota
     from storage_subjects, generate_series(0, 20) n where name = $1`,
    [somebody.username],
  );
  await page.goto("/portal");
  const room = page.getByRole("region", { name: t("storage.yours") });
  await room.getByText(t("storage.level_over")).waitFor();
  await look(portal, "home-over");
  await room.getByRole("link", { name: t("storage.wayOut") }).click();
  await page.getByRole("heading", { level: 1, name: t("storage.ownTitle") }).waitFor();
  await page.getByText(t("storage.askForMore")).waitFor();
  await page.getByRole("figure").waitFor();
  await page
    .getByRole("button", {
      name: t("storage.days_other", {}).replace("{{count, number}}", options.locale === "fa" ? "۹۰" : "90"),
    })
    .click();
  await look(portal, "person-over");
  await page.getByRole("button", { name: new RegExp(options.locale === "en" ? "Raise by" : "بیشتر برای") }).click();
  await page.getByText(options.locale === "en" ? /more until/ : /بیشتر تا/).waitFor();
  await page.getByText(t("storage.askForMore")).waitFor({ state: "detached" });
  await look(portal, "person-raised");

  // Full again: it was taken once.
  await count(somebody.username, 200 * MiB);
  await page.reload();
  await page.getByText(t("storage.raiseWhyNot_taken")).waitFor();
  await look(portal, "person-taken");
  await portal.close();
  await admin.close();
});
