import { afterAll, afterEach, describe, expect, test } from "vitest";
import { withPages } from "../../packages/server/src/hub/testing/double-pages.ts";
import { startHubDouble } from "../../packages/server/src/hub/testing/hub-double.ts";
import { openedOwn, openedShared } from "./opened.ts";
import { password, register } from "./people.ts";
import type { PageOptions, PortalPage } from "./portal-page.ts";

const hub = await startHubDouble();
const pages = await withPages(hub);
const opened = openedOwn({
  JUPYTERHUB_API_URL: hub.apiUrl,
  JUPYTERHUB_API_TOKEN: hub.token,
  JUPYTERHUB_PUBLIC_URL: pages.origin,
  JUPYTERHUB_TIMEOUT: "2s",
  JUPYTERHUB_NAMED_SERVERS: "on",
  JUPYTERHUB_IDLE_MINUTES: "60",
});
const without = openedShared();
afterAll(async () => {
  await pages.close();
  await hub.close();
});
afterEach(() => {
  hub.spawn = () => ({ readyMs: 20 });
});

async function endsOn({ page, axe, complaints, picture }: PortalPage, name: string): Promise<void> {
  await picture(`jupyter-${name}`);
  expect(await axe("all"), name).toEqual([]);
  const wide = await page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
  expect(wide, `${name}: pixels wider than the screen`).toBeLessThanOrEqual(0);
  expect(complaints).toEqual([]);
}

async function someone(options: PageOptions): Promise<PortalPage & { readonly username: string }> {
  const { username } = await register(opened.url, options.locale);
  return Object.assign(await opened.open(options, username, password), { username });
}

/** In Lab by a window of their own. */
async function entered(portal: PortalPage & { readonly username: string }, query = ""): Promise<void> {
  const page = await portal.page.context().newPage();
  await page.goto(`${opened.url}/portal/jupyter/open${query}`);
  await page.getByRole("heading", { name: `Lab of ${portal.username}` }).waitFor();
  await page.close();
}

describe.each([
  { locale: "en", width: 1440, scheme: "light" },
  { locale: "fa", width: 390, scheme: "dark" },
] as const)("one's servers ($locale, $width, $scheme)", (look) => {
  test("are shown as they come and go elsewhere, stopped with a reason, and have their tokens ended", async () => {
    const me = await someone(look);
    const { page, t, username } = me;
    await page.goto("/portal/jupyter");
    const own = page.getByRole("region", { name: t("jupyter.title"), exact: true });
    await own.getByRole("link", { name: t("jupyter.start") }).waitFor();
    await page.getByText(t("jupyter.tokens.none")).waitFor();
    await endsOn(me, "new");

    // Started in another window: this one follows without being touched.
    hub.spawn = () => ({ readyMs: 2_000, messages: ["Pulling the image"] });
    const arrives = entered(me);
    await own.getByText("Pulling the image").waitFor();
    await own.getByRole("button", { name: t("jupyter.cancel") }).waitFor();
    expect(await own.getByRole("link").count()).toBe(0);
    await endsOn(me, "starting");
    await arrives;
    await own.getByRole("link", { name: t("jupyter.open"), exact: true }).waitFor();

    await page.reload();
    const token = page.getByRole("button", { name: t("jupyter.tokens.endOne", { name: t("jupyter.title") }) });
    await token.waitFor();
    await page.getByRole("button", { name: t("activity.showSteps") }).click();
    await page.getByText(t("states.succeeded"), { exact: true }).waitFor();
    await endsOn(me, "ready");
    expect(hub.users.get(username)?.tokens.size).toBe(1);
    await token.click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("jupyter.tokens.end"), exact: true })
      .click();
    await page.getByText(t("states.revoked"), { exact: true }).waitFor();
    expect(hub.users.get(username)?.tokens.size).toBe(0);

    await page.getByRole("button", { name: t("jupyter.stopNamed", { name: t("jupyter.title") }) }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("jupyter.stop"), exact: true })
      .click();
    await own.getByText(t("jupyter.stopped.person")).waitFor();
    await endsOn(me, "stopped");
    await me.close();
  });

  test("with names: added by name, each by itself", async () => {
    const me = await someone(look);
    const { page, t, username } = me;
    await page.goto("/portal/jupyter");
    const name = page.getByLabel(t("jupyter.named.name"));
    await name.fill("no good/name");
    await page.getByRole("button", { name: t("jupyter.named.add") }).click();
    await page.getByText(t("jupyter.named.wrong")).waitFor();
    await endsOn(me, "wrong-name");
    await name.fill("second");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: `Lab of ${username}, second` }).waitFor();
    await page.goto(`${opened.url}/portal/jupyter`);
    const second = page.getByRole("region", { name: "second", exact: true });
    await second.getByRole("link", { name: t("jupyter.openNamed", { name: "second" }) }).waitFor();
    await page
      .getByRole("region", { name: t("jupyter.title"), exact: true })
      .getByRole("link", { name: t("jupyter.start") })
      .waitFor();
    await endsOn(me, "named");
    await page.goto("/portal");
    await page.getByRole("region", { name: "second", exact: true }).waitFor();
    await me.close();
  });

  test("one that is about to be stopped for idleness says so, and is kept by one click", async () => {
    const me = await someone(look);
    const { page, t, username } = me;
    // It has run for 57 of the 60 minutes, and nobody has used it: the server warns by itself.
    await expect.poll(() => hub.users.has(username)).toBe(true);
    hub.runs(username, "", new Date(Date.now() - 57 * 60_000));
    await page.goto("/portal");
    const keep = page.getByRole("button", { name: t("jupyter.soon.keep") });
    await keep.waitFor({ timeout: 90_000 });
    await endsOn(me, "idle-soon");
    await keep.click();
    await keep.waitFor({ state: "detached" });
    const { rows } = await opened.database.query("select keep_until from hub_servers where user_name = $1", [username]);
    expect(rows[0].keep_until.getTime()).toBeGreaterThan(Date.now() + 50 * 60_000);

    hub.dies(username);
    const known = "select state from hub_servers where user_name = $1";
    const stateNow = async () => (await opened.database.query(known, [username])).rows[0].state;
    await expect.poll(stateNow, { timeout: 60_000 }).toBe("stopped");
    await opened.database.query("update hub_servers set stopped_because = 'idle' where user_name = $1", [username]);
    await page.reload();
    const hour = look.locale === "en" ? "1 hr" : "۱ ساعت";
    await page.getByText(t("jupyter.stopped.idleFor", { time: hour })).waitFor();
    await endsOn(me, "idle-stopped");
    await me.close();
  });
});

test("signed out, at a server's own address: sign-in first, then on to the same server", async () => {
  const { username } = await register(opened.url, "en");
  const portal = await opened.open({ locale: "en" });
  const { page, t } = portal;
  await page.goto("/portal/jupyter/open?server=second");
  await page.getByRole("heading", { name: t("auth.signIn") }).waitFor();
  await endsOn(portal, "signed-out");
  await page.getByLabel(t("auth.usernameOrEmail")).fill(username);
  await page.getByLabel(t("auth.password"), { exact: true }).fill(password);
  await page.getByRole("button", { name: t("auth.signIn") }).click();
  await page.getByRole("heading", { name: `Lab of ${username}, second` }).waitFor();
  await portal.close();
});

test("without a hub nothing leads to Jupyter, and its addresses say that there is none", async () => {
  const { username } = await register(without.url, "en");
  const portal = await without.open({ locale: "en" }, username, password);
  const { page, t } = portal;
  await page.getByRole("region", { name: t("home.running") }).waitFor();
  expect(await page.getByRole("link", { name: t("frame.jupyter") }).count()).toBe(0);
  for (const path of ["/portal/jupyter", "/portal/jupyter/open", "/portal/jupyter/open?server=second"]) {
    await page.goto(path);
    await page.getByText(t("jupyter.cause.no_hub.title")).waitFor();
    await endsOn(portal, `no-hub-${path.length}`);
  }
  await portal.close();
});

test("a browser that keeps no cookies is told so where one signs in, on the way to Jupyter", async () => {
  const portal = await opened.open({ locale: "fa", width: 390 });
  const { page, t } = portal;
  const browser = await page.context().newCDPSession(page);
  await browser.send("Emulation.setDocumentCookieDisabled", { disabled: true });
  await page.goto("/portal/jupyter/open");
  await page.getByText(t("auth.cookiesBlocked", { host: new URL(opened.url).host })).waitFor();
  await endsOn(portal, "no-cookies");
  await portal.close();
});

test("a sign-in that is not kept is told, and asked for no further", async () => {
  const { username } = await register(opened.url, "en");
  const portal = await opened.open({ locale: "en" });
  const { page, t } = portal;
  await page.goto("/portal/jupyter/open");
  await page.getByLabel(t("auth.usernameOrEmail")).fill(username);
  await page.getByLabel(t("auth.password"), { exact: true }).fill(password);
  // What the answer brings is thrown away, as by a browser that takes none.
  await page.route("**/auth/sign-in", async (call) => {
    const answer = await call.fetch();
    await page.context().clearCookies();
    await call.fulfill({ status: answer.status(), contentType: "application/json", body: await answer.text() });
  });
  await page.getByRole("button", { name: t("auth.signIn") }).click();
  await page.getByText(t("auth.cookiesBlocked", { host: new URL(opened.url).host })).waitFor();
  await endsOn(portal, "sign-in-not-kept");
  expect(page.url()).toContain("next=");
  await portal.close();
});
