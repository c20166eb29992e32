import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openedOwn } from "./opened.ts";
import type { PortalPage } from "./portal-page.ts";

const stoa = openedOwn();

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`operators-${name}`);
  expect(await portal.axe(), name).toEqual([]);
  expect(portal.complaints, name).toEqual([]);
}

/** An archive that can't be read: its unpacking fails, and fails again. */
async function failOperation(): Promise<string> {
  const api = await stoa.api();
  const workspace = await api.makeWorkspace(`Broken ${Date.now()}`, {});
  await api.write(workspace, "broken.zip", "this is no archive");
  return api.unpack(workspace, "broken.zip");
}

/** A session at a server that gave its last sign an hour ago. */
async function loseSession(): Promise<number> {
  const api = await stoa.api();
  const workspace = await api.makeWorkspace(`Lost ${Date.now()}`, {});
  await stoa.database.query(
    "insert into session_places (node_id, place, seen_at) values ('node-b', 'gone', now() - interval '1 hour') on conflict do nothing",
  );
  const { rows } = await stoa.database.query(
    `insert into jobs (owner_id, workspace_id, job_type, resource, node_id, place, marker, status, cpus, launched_at,
       started_at, created_at, steps)
     select owner_id, id, 'terminal', 'local', 'node-b', 'gone', gen_random_uuid(), 'running', 2,
       now() - interval '3 hours', now() - interval '3 hours', now() - interval '3 hours', '[]'
     from workspaces where id = $1 returning id`,
    [workspace],
  );
  return Number(rows[0].id);
}

const picturePath = (name: string): string => join(import.meta.dirname, `../../artifacts/${name}.png`);

describe.each(["en", "fa"] as const)("an operator (%s)", (locale) => {
  test("runs a failed operation again from the overview, and marks it as seen", async () => {
    const id = await failOperation();
    const portal = await stoa.asAdmin({ locale, scheme: locale === "en" ? "light" : "dark" });
    const { page, t } = portal;
    await page.goto("/portal/admin");
    const needs = page.getByRole("region", { name: t("overview.needs") });
    const line = needs.getByRole("listitem").filter({ hasText: t("kinds.files.unpack") });
    await line.waitFor();
    await page.getByRole("figure").first().waitFor();
    await look(portal, "needs");
    await line.getByRole("button", { name: t("overview.retry"), exact: true }).click();
    const retried = "select count(*)::int as n from operation_history where operation_id = $1 and code = 'retried'";
    await expect.poll(async () => (await stoa.database.query(retried, [id])).rows[0].n, { timeout: 10_000 }).toBe(1);

    // It fails again, and stands there again, by itself.
    await line.waitFor();
    // While it runs again its line goes, and what is pressed just then goes nowhere.
    const toIt = line.getByRole("link", { name: t("overview.look") });
    const pressed = async () => {
      await toIt.click({ timeout: 2_000 }).catch(() => undefined);
      return page.url();
    };
    await expect.poll(pressed).toMatch(/\/operations\?id=/);
    await page.getByRole("heading", { level: 1, name: t("operations.title") }).waitFor();
    await page.getByText(id).first().waitFor();
    await look(portal, "one-operation");
    await page.getByRole("button", { name: t("operations.seen") }).click();
    await page
      .getByRole("paragraph")
      .filter({ hasText: t("operations.wasSeen") })
      .waitFor();
    await page.goto("/portal/admin");
    await page.getByRole("heading", { level: 1, name: t("overview.title") }).waitFor();
    await expect.poll(() => line.count()).toBe(0);
    await portal.close();
  });

  test("has the keyboard stay at the operation that runs again, not come to another's verbs", async () => {
    const ids = [await failOperation(), await failOperation()];
    const portal = await stoa.asAdmin({ locale });
    const { page, t } = portal;
    await page.goto("/portal/operations");
    const row = (id = "") =>
      page.locator("[data-index]").filter({ has: page.locator(`[aria-controls="steps-${id}"]`) });
    await row(ids[0]).waitFor();
    await row(ids[1])
      .getByRole("button", { name: t("operations.retry"), exact: true })
      .press("Enter");
    const done = "select operation_id from operation_history where operation_id = any($1) and code = 'retried'";
    const retried = async () => (await stoa.database.query(done, [ids])).rows.map((one) => one.operation_id);
    await expect.poll(retried, { timeout: 10_000 }).toEqual([ids[1]]);
    // It waits, runs and fails once more; what had the focus is gone meanwhile.
    await page.waitForTimeout(1_500);
    const focused = page.locator("[data-index]:has(:focus)");
    await expect.poll(() => focused.locator("[aria-controls]").getAttribute("aria-controls")).toBe(`steps-${ids[1]}`);
    expect(await page.locator(":focus").getAttribute("aria-expanded")).not.toBeNull();
    // Somebody has looked: the overview needn't tell of them to the next test.
    for (const id of ids) {
      const seen = row(id).getByRole("button", { name: t("operations.seen") });
      await seen.click();
      await seen.waitFor({ state: "detached" });
    }
    await portal.close();
  });

  test("frees a session whose server is lost", async () => {
    const session = await loseSession();
    const portal = await stoa.asAdmin({ locale });
    const { page, t } = portal;
    await page.goto("/portal/admin");
    const line = page.getByRole("listitem").filter({ hasText: "node-b" });
    await line.getByRole("link", { name: t("overview.look") }).click();
    await page.waitForURL(/\/admin\/sessions/);
    const list = page.getByRole("list", { name: t("adminSessions.list") });
    await list
      .getByText(t("adminSessions.hangs", { hang: t("hang.host_lost") }))
      .first()
      .waitFor();
    await look(portal, "lost-sessions");
    await page.goto(`/portal/sessions/${session}`);
    const panel = page.getByRole("region", { name: t("operator.title") });
    await panel.getByRole("button", { name: t("operator.giveUp") }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(t("operator.giveUpText")).waitFor();
    await look(portal, "give-up");
    await dialog.getByRole("button", { name: t("operator.giveUp") }).click();
    await dialog.waitFor({ state: "detached" });
    await expect
      .poll(async () => (await stoa.database.query("select status from jobs where id = $1", [session])).rows[0].status)
      .toBe("failed");
    await page.getByText("node-b").first().waitFor();
    await look(portal, "given-up");
    await portal.close();
  });

  test("retires a server that won't come back, once the consequences were read", async () => {
    const node = `node-${locale}`;
    await stoa.database.query(
      "insert into session_places (node_id, place, seen_at) values ($1, $1, now() - interval '2 hours') on conflict do nothing",
      [node],
    );
    const portal = await stoa.asAdmin({ locale });
    const { page, t } = portal;
    await page.goto("/portal/admin");
    const line = page.getByRole("listitem").filter({ hasText: node });
    const dialog = page.getByRole("dialog");
    await line.getByRole("button", { name: t("overview.retire") }).click();
    await dialog.getByText(t("overview.retireText")).waitFor();
    await look(portal, "retire-host");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await line.getByRole("button", { name: t("overview.retire") }).click();
    await dialog.getByRole("button", { name: t("overview.retireVerb") }).click();
    await dialog.waitFor({ state: "detached" });
    await line.waitFor({ state: "detached" });
    const { rows } = await stoa.database.query("select 1 from session_places where node_id = $1", [node]);
    expect(rows).toEqual([]);
    const { rows: noted } = await stoa.database.query("select action from audit_entries where subject_id = $1", [node]);
    expect(noted.length).toBeGreaterThan(0);
    await portal.close();
  });

  test("stops several sessions with a word to whose they are", async () => {
    const api = await stoa.api();
    const session = await api.startSession(await api.makeWorkspace(`Stopped ${Date.now()}`, {}), "terminal");
    const portal = await stoa.asAdmin({ locale, width: 390, scheme: "dark" });
    const { page, t } = portal;
    await page.goto("/portal/admin/sessions?state=live");
    const number = new Intl.NumberFormat(locale === "fa" ? "fa-IR" : "en-GB", { useGrouping: false }).format(session);
    await page
      .getByRole("checkbox", { name: new RegExp(`${number}\\b|${number} `) })
      .first()
      .check();
    await look(portal, "chosen");
    await page.getByRole("button", { name: t("adminSessions.stopOne") }).click();
    const dialog = page.getByRole("dialog");
    const word = locale === "fa" ? "اتاق نظافت می‌شود." : "The room is being cleaned.";
    await dialog.getByLabel(t("adminSessions.message")).fill(word);
    await look(portal, "stop-many");
    await dialog.getByRole("button", { name: t("adminSessions.stopOne") }).click();
    await dialog.waitFor({ state: "detached" });
    await expect
      .poll(
        async () => (await stoa.database.query("select status from jobs where id = $1", [session])).rows[0].status,
        {
          timeout: 20_000,
        },
      )
      .toBe("complete");
    await page.goto(`/portal/sessions/${session}`);
    await page.getByText(word).first().waitFor();
    await portal.close();
  });

  test("narrows the audit log, takes it as a file, and has it checked", async () => {
    await (await stoa.api()).makeWorkspace(`Noted ${locale}`, {});
    const portal = await stoa.asAdmin({ locale });
    const { page, t } = portal;
    await page.goto("/portal/audit");
    const filters = page.getByRole("search", { name: t("audit.filters") });
    await filters.getByLabel(t("audit.action")).selectOption("workspace.create");
    await page.waitForURL(/action=workspace\.create/);
    const list = page.getByRole("list", { name: t("audit.list") });
    await list.getByText("workspace.create").first().waitFor();
    await expect.poll(() => list.getByText("auth.sign-in").count()).toBe(0);

    // A day is chosen, or typed, in the reader's calendar; the address has it as it always does.
    const since = filters.getByLabel(t("audit.since"));
    await since.fill(locale === "fa" ? "۱۴۰۵/۰۱/۰۱" : "2026-03-21");
    await page.waitForURL(/from=2026-03-21/);
    await page.reload();
    expect(await since.inputValue()).toBe(locale === "fa" ? "۱۴۰۵/۰۱/۰۱" : "2026-03-21");
    await list.getByText("workspace.create").first().waitFor();

    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: t("audit.csv") }).click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    const lines = Buffer.concat(chunks).toString().trim().split("\r\n");
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.slice(1).filter((text) => !text.includes('"workspace.create"'))).toEqual([]);

    await list.getByRole("link").first().click();
    await page.waitForURL(/entry=/);
    const dialog = page.getByRole("dialog");
    await dialog.getByText(t("audit.details")).waitFor();
    await look(portal, "audit-entry");
    const thing = dialog.getByRole("link", { name: /^\d+$/ }).first();
    expect(await thing.getAttribute("href")).toMatch(/\/workspaces\/\d+$/);
    await page.reload();
    await dialog.getByText(t("audit.details")).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });

    const chain = page.getByRole("region", { name: t("audit.chain") });
    await chain.getByRole("button").click();
    await chain.getByText(t("states.verified"), { exact: true }).waitFor({ timeout: 20_000 });
    await chain.getByText(t("audit.lastSealed")).waitFor();
    await look(portal, "audit");
    await portal.close();
  });
});

describe("ten thousand sessions", () => {
  let workspace: number;
  beforeAll(async () => {
    workspace = await (await stoa.api()).makeWorkspace("A long history", {});
    await stoa.database.query(
      `insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, status, cpus, created_at, started_at,
         ready_at, ended_at, core_hours)
       select w.owner_id, w.id, (array['terminal', 'local_test_job'])[1 + n % 2], 'local', 'node-a', gen_random_uuid(),
         case when n % 9 = 0 then 'failed' else 'complete' end, 1 + n % 4, at, at, at + interval '1 second' * (1 + n % 7),
         at + interval '40 minutes', (1 + n % 4) * 0.66667
       from workspaces w, generate_series(1, 10000) n,
         lateral (select now() - interval '90 days' * (1 - sqrt(n / 10000.0)) - interval '1 hour' as at) t
       where w.id = $1`,
      [workspace],
    );
  });

  test("are listed and summed up without waiting", async () => {
    const api = await stoa.api();
    for (const at of ["curves?days=90", "needs", "sessions?limit=100"])
      await api.readWithin(`/api/stoa/v1/admin/${at}`, 3_000);
  });

  test("leave room beside the files of their workspace, and are all one step away", async () => {
    const portal = await stoa.asAdmin({ locale: "en" });
    const { page, t } = portal;
    await page.goto(`/portal/workspaces/${workspace}`);
    const earlier = page.getByRole("region", { name: t("workspaces.history") });
    await earlier.getByRole("listitem").first().waitFor();
    expect(await earlier.getByRole("listitem").count()).toBe(3);
    await earlier.getByRole("link", { name: t("workspaces.allSessions") }).click();
    await page.waitForURL(new RegExp(`sessions\\?workspace=${workspace}$`));
    const all = page.getByRole("list", { name: t("sessions.earlier") });
    await expect.poll(() => all.getByRole("listitem").count()).toBeGreaterThan(5);
    expect(portal.complaints).toEqual([]);
    await portal.close();
  });

  test.each([
    { locale: "en", scheme: "light", width: 1440 },
    { locale: "fa", scheme: "dark", width: 390 },
  ] as const)("are scrolled, and shown as curves and as a table ($locale)", async (look) => {
    const portal = await stoa.asAdmin(look);
    const { page, t } = portal;
    await page.goto("/portal/admin?days=90");
    await page.getByRole("figure").first().waitFor();
    await page.screenshot({ path: picturePath(`operators-curves-${look.locale}`), fullPage: true });
    expect(await portal.axe()).toEqual([]);
    const cut = await page.evaluate<number>(`[...document.querySelectorAll("figure svg circle")].filter((dot) => {
      const [own, all] = [dot, dot.closest("svg")].map((one) => one.getBoundingClientRect());
      return own.left < all.left || own.right > all.right || own.top < all.top || own.bottom > all.bottom;
    }).length`);
    expect(cut, "dots that are not whole").toBe(0);
    await page.getByRole("button", { name: t("overview.asTable") }).click();
    await page.getByRole("table").waitFor();
    await portal.picture("operators-curves-table");

    await page.goto("/portal/admin/sessions");
    const rows = page.getByRole("list", { name: t("adminSessions.list") }).getByRole("listitem");
    await rows.first().waitFor();
    await portal.picture("operators-many");
    await page.mouse.move(200, 600);
    const scrolled = async () => {
      await page.mouse.wheel(0, 3_000);
      return Number(await rows.last().getAttribute("aria-posinset"));
    };
    await expect.poll(scrolled, { timeout: 30_000, interval: 50 }).toBeGreaterThan(300);
    // Only those near the view are in the document.
    expect(await rows.count()).toBeLessThan(60);
    await portal.picture("operators-many-further");
    expect(portal.complaints).toEqual([]);
    await portal.close();
  });
});
