import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withPages } from "../../packages/server/src/hub/testing/double-pages.ts";
import { startHubDouble } from "../../packages/server/src/hub/testing/hub-double.ts";
import { openedOwn } from "./opened.ts";
import { type Registered, register } from "./people.ts";
import type { PortalPage } from "./portal-page.ts";

const hub = await startHubDouble();
const pages = await withPages(hub);
const stoa = openedOwn({
  JUPYTERHUB_API_URL: hub.apiUrl,
  JUPYTERHUB_API_TOKEN: hub.token,
  JUPYTERHUB_PUBLIC_URL: pages.origin,
  JUPYTERHUB_ATTEMPTS: "1",
  JUPYTERHUB_TIMEOUT: "2s",
});
afterAll(async () => {
  await pages.close();
  await hub.close();
});

const looks = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const;

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`hub-admin-${name}`);
  expect(await portal.axe("all"), name).toEqual([]);
  expect(portal.complaints, name).toEqual([]);
  const wide = await portal.page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  expect(wide, `${name}: pixels wider than the screen`).toBeLessThanOrEqual(0);
}

/** As if Stoa had just listed what the hub has. */
async function seen(user: string, { isAdmin = false, server = true } = {}): Promise<void> {
  await stoa.database.query(
    `insert into hub_seen_users (name, is_admin, created_at, last_activity, seen_at) values ($1, $2, now(), now(), now())
     on conflict (name) do update set seen_at = now()`,
    [user, isAdmin],
  );
  if (!server) return;
  await stoa.database.query(
    `insert into hub_servers (user_name, server, state, url, started_at, last_activity)
     values ($1, '', 'ready', '/user/' || $1 || '/', now() - interval '2 hours', now())
     on conflict (user_name, server) do update set state = 'ready', stop_wanted = null`,
    [user],
  );
}

/** Somebody with a hub user of their own, whose server runs. */
async function withServer(locale: "en" | "fa"): Promise<Registered> {
  const someone = await register(stoa.url, locale);
  const { username } = someone;
  if (!hub.users.has(username)) hub.addUser(username);
  await stoa.database.query(
    `insert into hub_users (account_id, name, state) select id, $1, 'ours' from accounts where username = $1
     on conflict (account_id) do update set name = $1, state = 'ours', retry_at = null`,
    [username],
  );
  hub.runs(username);
  await seen(username);
  return someone;
}

beforeAll(async () => {
  const minute = "date_trunc('minute', now())";
  await stoa.database.query(`
    insert into hub_calls (minute, call, outcome, calls, retries, milliseconds, slowest)
    select ${minute} - make_interval(mins => 31 * n), 'user', 'ok', 20 + n, 1, (20 + n) * (15 + n), 90
    from generate_series(0, 40) as n;
    insert into hub_calls (minute, call, outcome, calls, retries, milliseconds, slowest)
    select ${minute} - make_interval(mins => 90 * n), 'spawn', 'unreachable', n, 2, n * 2000, 2000
    from generate_series(1, 8) as n;
    insert into hub_calls (minute, call, outcome, calls, retries, milliseconds, slowest) values
      (${minute}, 'launch', 'ok', 31, 0, 31 * 9000, 20000), (${minute}, 'launch', 'too_slow', 4, 0, 4 * 300000, 300000),
      (${minute}, 'launch', 'image_missing', 2, 0, 2 * 4000, 5000), (${minute}, 'launch', 'cancelled', 3, 0, 3000, 1000);
    insert into hub_failures (call, cause, said) values ('spawn', 'unreachable', 'connect ECONNREFUSED 10.0.0.7:8081')`);
});

describe.each(looks)("an administrator ($locale)", (options) => {
  test("sees how the hub does, and which function is off for want of a scope", async () => {
    hub.scopes.delete("access:servers");
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    await page.goto("/portal/admin/hub");
    await page.getByText(t("adminHub.answers"), { exact: true }).waitFor();
    await page.getByText(t("adminHub.cause.image_missing")).first().waitFor();
    await page.getByText("access:servers").first().waitFor();
    // What draws the curves comes by itself.
    await page.getByText(t("adminHub.curve.latency")).waitFor();
    await look(portal, "health");
    await page.getByRole("button", { name: t("adminHub.spans.hour") }).press("Enter");
    await page.getByText("connect ECONNREFUSED").waitFor({ state: "attached" });
    await page
      .locator("summary")
      .filter({ hasText: t("adminHub.failedCalls_one") })
      .click();
    await page.getByText("connect ECONNREFUSED").waitFor();
    hub.scopes.add("access:servers");
    await portal.close();
  });

  test("stops several servers at once with a word, and opens one with the own password", async () => {
    const [first, second] = [await withServer(options.locale), await withServer(options.locale)];
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    await page.goto("/portal/admin/hub/servers");
    const list = page.getByRole("list", { name: t("adminHub.servers") });
    await list.getByText(first.fullName).waitFor();
    await look(portal, "servers");

    await list.getByRole("button", { name: t("adminHub.openOf", { name: first.fullName }) }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByText(t("adminHub.openText", { name: first.fullName })).waitFor();
    await look(portal, "open");
    await dialog.getByLabel(t("acting.reason")).fill("You asked for help");
    await dialog.getByLabel(t("acting.ownPassword"), { exact: true }).fill("not it");
    await dialog.getByRole("button", { name: t("adminHub.openVerb") }).press("Enter");
    await dialog.getByRole("alert").waitFor();
    await dialog.getByLabel(t("acting.ownPassword"), { exact: true }).fill(stoa.adminPassword);
    await dialog.getByRole("button", { name: t("adminHub.openVerb") }).press("Enter");
    await page.getByRole("heading", { name: `Lab of ${first.username}` }).waitFor();
    const { rows } = await stoa.database.query("select details from audit_entries where action = 'hub.open_as'");
    expect(JSON.stringify(rows)).toContain("You asked for help");

    await page.goto("/portal/admin/hub/servers");
    for (const { fullName } of [first, second]) {
      await list.getByRole("checkbox", { name: t("adminHub.choose", { name: fullName }) }).check();
    }
    await page.getByRole("button", { name: t("adminHub.stop"), exact: true }).click();
    await dialog.getByText(first.fullName).waitFor();
    await dialog.getByLabel(t("adminHub.reason")).fill("The machine is shut down tonight");
    await look(portal, "stop");
    await dialog.getByRole("button", { name: t("adminHub.stop"), exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    for (const { username } of [first, second]) {
      await expect.poll(() => hub.users.get(username)?.servers.size, { timeout: 20_000 }).toBe(0);
    }
    await page.goto(`/portal/admin/hub/servers?person=${first.username}&state=live`);
    await page
      .getByText(t("adminHub.noneFits"))
      .or(list.getByText(t("adminHub.stateIs.stopping")))
      .first()
      .waitFor();
    await portal.close();
  });

  test("links a hub user to somebody and takes it off again; the person's page tells of it", async () => {
    const someone = await register(stoa.url, options.locale);
    const old = `old-${someone.username}`;
    hub.addUser(old);
    hub.runs(old);
    await seen(old);
    // Their own is made meanwhile: who links is refused where that has come between.
    const own = "select state from hub_users where name = $1";
    const stateNow = async () => (await stoa.database.query(own, [someone.username])).rows[0]?.state;
    await expect.poll(stateNow).toBe("ours");
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    await page.goto(`/portal/admin/hub/people?user=${old}`);
    const users = page.getByRole("list", { name: t("adminHub.users") });
    await users.getByText(old).waitFor();
    await look(portal, "linking");
    await users.getByRole("button", { name: t("adminHub.linkSomebody", { name: old }) }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(t("adminSessions.person"), { exact: true }).fill("nobody-at-all");
    await dialog.getByText(t("adminHub.noSuchPerson")).waitFor();
    await dialog.getByLabel(t("adminSessions.person"), { exact: true }).fill(someone.username);
    const link = dialog.getByRole("button", { name: t("adminHub.link"), exact: true });
    await expect.poll(() => link.isEnabled()).toBe(true);
    await look(portal, "link");
    await link.click();
    await dialog.waitFor({ state: "detached" });
    const { rows } = await stoa.database.query("select state from hub_users where name = $1", [old]);
    expect(rows).toEqual([{ state: "ours" }]);

    await page.goto(`/portal/admin/hub/people?user=${old}&only=linked`);
    await users.getByRole("link", { name: someone.fullName }).click();
    await page.getByRole("heading", { level: 1, name: someone.fullName }).waitFor();
    const theirs = page.getByRole("region", { name: t("adminHub.ofPerson"), exact: true });
    await theirs.getByText(old).first().waitFor();
    await theirs.getByText(t("adminHub.stateIs.ready")).waitFor();
    await look(portal, "person");

    await page.goto(`/portal/admin/hub/people?user=${old}&only=linked`);
    await users.getByRole("button", { name: t("adminHub.unlinkOne", { name: old, person: someone.fullName }) }).click();
    await dialog.getByText(t("adminHub.unlinkText")).waitFor();
    await dialog.getByRole("button", { name: t("adminHub.unlink"), exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await expect
      .poll(async () => (await stoa.database.query("select 1 from hub_users where name = $1", [old])).rows.length)
      .toBe(0);
    await portal.close();
  });

  test("sees who would be linked by verified e-mail addresses before anybody is", async () => {
    const someone = await register(stoa.url, options.locale);
    // Not linked yet, as somebody who was here before there was a hub.
    const made = () =>
      stoa.database.query("delete from hub_users where name = $1 and state = 'ours'", [someone.username]);
    await expect.poll(async () => (await made()).rowCount, { timeout: 20_000 }).toBe(1);
    await stoa.database.query("update accounts set email_verified_at = now() where username = $1", [someone.username]);
    hub.addUser(someone.email);
    await seen(someone.email, { server: false });
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    await page.goto("/portal/admin/hub/people");
    await page.getByRole("button", { name: t("adminHub.showThem") }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByText(someone.email).waitFor();
    await dialog.getByText(t("adminHub.byEmailText")).waitFor();
    await look(portal, "by-email");
    const linked = () => stoa.database.query("select 1 from hub_users where name = $1", [someone.email]);
    expect((await linked()).rows).toEqual([]);
    await dialog.locator("form").getByRole("button").last().click();
    await page.getByText(t("adminHub.linkingMany")).waitFor();
    await expect.poll(async () => (await linked()).rows.length, { timeout: 20_000 }).toBe(1);
    await portal.close();
  });
});

test("ten thousand hub users with names of 255 characters are lists like any other", async () => {
  await stoa.database.query(
    `insert into hub_seen_users (name, is_admin, seen_at)
     select left('user' || n || repeat('-very-long', 30), 255), n % 100 = 0, now() from generate_series(1, 10000) as n`,
  );
  await stoa.database.query(
    `insert into hub_servers (user_name, server, state, url, started_at, last_activity)
     select name, '', 'ready', '/', now(), now() from hub_seen_users where name like 'user%' `,
  );
  for (const options of looks) {
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    await page.goto("/portal/admin/hub/people");
    const users = page.getByRole("list", { name: t("adminHub.users") });
    await users.getByRole("listitem").nth(5).waitFor();
    await look(portal, "absurd-users");
    await page.goto("/portal/admin/hub/servers?state=live");
    const servers = page.getByRole("list", { name: t("adminHub.servers") });
    await servers.getByRole("listitem").nth(5).waitFor();
    await look(portal, "absurd-servers");
    expect(await servers.getByRole("listitem").count()).toBeLessThan(120);
    await portal.close();
  }
});

test("a hub that is away is said to be, with what Stoa saw of it", async () => {
  await hub.goDown();
  for (const options of looks) {
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    await page.goto("/portal/admin/hub");
    await page.getByRole("alert", { name: t("adminHub.problem") }).waitFor();
    await look(portal, "away");
    await portal.close();
  }
  await hub.comeUp();
});
