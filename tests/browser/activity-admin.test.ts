import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { openedOwn } from "./opened.ts";
import { register } from "./people.ts";
import type { PortalPage } from "./portal-page.ts";

const stoa = openedOwn();

const looks = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const;

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`activity-admin-${name}`);
  expect(await portal.axe("all"), name).toEqual([]);
  expect(portal.complaints, name).toEqual([]);
  const wide = await portal.page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  expect(wide, `${name}: pixels wider than the screen`).toBeLessThanOrEqual(0);
}

/** A report of that person's kernel, past their token: as the contract has it, with their sign-in. */
async function ran(username: string, cells: readonly object[]): Promise<void> {
  const answer = await fetch(`${stoa.url}/api/token`, {
    method: "POST",
    body: new URLSearchParams({ username, password: "a quiet colonnade" }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const reported = await fetch(`${stoa.url}/api/audit-logs`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ executions: cells }),
  });
  expect(reported.status).toBe(200);
}

const cell = (changes: object) => ({
  id: randomUUID(),
  timestamp: new Date().toISOString(),
  cell_number: 1,
  code: "print('hello')",
  execution_time_ms: 40,
  status: "success",
  ...changes,
});

test("nobody has run anything: the page says how it comes", async () => {
  const portal = await stoa.asAdmin({ locale: "en" });
  await portal.page.goto("/portal/admin/activity");
  await portal.page.getByText(portal.t("adminActivity.empty")).waitFor();
  await look(portal, "empty");
  await portal.page.goto("/portal/admin/activity/runs");
  await portal.page.getByText(portal.t("adminActivity.empty")).waitFor();
  await portal.close();
});

describe.each(looks)("an administrator ($locale)", (options) => {
  test("sees who runs how much, sorts, and goes to a person, whose page tells it too", async () => {
    const [much, bad] = [await register(stoa.url, options.locale), await register(stoa.url, options.locale)];
    await ran(
      much.username,
      Array.from({ length: 9 }, () => cell({})),
    );
    const error = { status: "error", error_message: "Traceback (most recent call last):\nZeroDivisionError: by zero" };
    await ran(bad.username, [cell(error), cell({ ...error, code: "1 / 0" })]);
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    await page.goto("/portal/admin/activity");
    const list = page.getByRole("list", { name: t("adminActivity.people") });
    await list.getByText(much.fullName).waitFor();
    await page.getByText("ZeroDivisionError: by zero").first().waitFor();
    await look(portal, "people");
    const firstOf = () => list.getByRole("listitem").first().textContent();
    for (const [sort, who] of [
      ["executions", much],
      ["errors", bad],
    ] as const) {
      const button = page.getByRole("button", { name: t(`adminActivity.sort.${sort}`) });
      await button.focus();
      await page.keyboard.press("Enter");
      await expect.poll(() => button.getAttribute("aria-pressed")).toBe("true");
      if (options.locale === "en") await expect.poll(firstOf).toContain(who.fullName);
    }
    await list.getByRole("link", { name: bad.fullName }).click();
    await page.getByRole("heading", { level: 1, name: bad.fullName }).waitFor();
    const theirs = page.getByRole("region", { name: t("adminActivity.ofPerson") });
    await theirs.getByRole("link", { name: t("adminActivity.ofPersonAll") }).click();
    await page.getByText("ZeroDivisionError: by zero").first().waitFor();
    expect(new URL(page.url()).searchParams.get("person")).toBe(bad.username);
    await portal.close();
  });

  test("finds what ran by its code, reads it whole, and is told that it proves nothing", async () => {
    const { username } = await register(stoa.url, options.locale);
    const needle = `needle_${options.locale}`;
    const long = Array.from({ length: 40 }, (_, n) => `line_${n} = ${needle}`).join("\n");
    await ran(username, [cell({ code: long }), cell({ code: "something_else()" })]);
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    await page.goto(`/portal/admin/activity/runs?text=${needle}`);
    const list = page.getByRole("list", { name: t("adminActivity.runs") });
    await list.getByText(`line_0 = ${needle}`).waitFor();
    expect(await list.getByRole("listitem").count()).toBe(1);
    await page.getByText(t("adminActivity.selfReported")).waitFor();
    await look(portal, "found");
    await list.getByRole("button", { name: t("adminActivity.all") }).press("Enter");
    await list.getByText(`line_39 = ${needle}`).waitFor();
    await look(portal, "whole");
    await page.goto("/portal/admin/activity/runs?text=nothing-has-this");
    await page.getByText(t("adminActivity.noMatch")).waitFor();
    await page.goto("/portal/admin/activity/runs?person=nobody-at-all");
    await page.getByText(t("adminActivity.noMatch")).waitFor();
    await portal.close();
  });
});

test("ten thousand people and names of 300 characters are a list like any other", async () => {
  await stoa.database.query(
    `insert into accounts (username, username_key, email, full_name)
     select 'many' || n, 'many' || n, 'many' || n || '@example.org', left(repeat('Very long ' || n || ' ', 60), 300)
     from generate_series(1, 10000) as n`,
  );
  await stoa.database.query(
    `insert into activity_totals (account_id, executions, errors, milliseconds, last_at)
     select id, 10 + id, id % 5, id * 1000, now() - make_interval(mins => id::int) from accounts where username like 'many%'`,
  );
  for (const options of looks) {
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    await page.goto("/portal/admin/activity?sort=executions");
    const list = page.getByRole("list", { name: t("adminActivity.people") });
    await list.getByRole("listitem").nth(5).waitFor();
    await look(portal, "absurd");
    await page.keyboard.press("End");
    await expect.poll(() => list.getByRole("listitem").count()).toBeLessThan(120);
    await portal.close();
  }
});
