import type { IncomingMessage, ServerResponse } from "node:http";
import type { Route } from "playwright-core";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { withPages } from "../../packages/server/src/hub/testing/double-pages.ts";
import { startHubDouble } from "../../packages/server/src/hub/testing/hub-double.ts";
import { openedOwn } from "./opened.ts";
import { password, register } from "./people.ts";
import type { PortalPage } from "./portal-page.ts";

const hub = await startHubDouble();
const pages = await withPages(hub);
const opened = openedOwn({
  JUPYTERHUB_API_URL: hub.apiUrl,
  JUPYTERHUB_API_TOKEN: hub.token,
  JUPYTERHUB_PUBLIC_URL: pages.origin,
  JUPYTERHUB_ATTEMPTS: "1",
  JUPYTERHUB_TIMEOUT: "2s",
  JUPYTERHUB_LAUNCH_TIMEOUT: "10s",
});
afterAll(async () => {
  await pages.close();
  await hub.close();
});
afterEach(() => {
  hub.spawn = () => ({ readyMs: 20 });
  hub.limit = Number.POSITIVE_INFINITY;
  pages.intercept = () => false;
  pages.cookiesBlocked = false;
  for (const scope of ["servers", "admin:users", "tokens"]) hub.scopes.add(scope);
});

const way = "/portal/jupyter/open";

interface Someone extends PortalPage {
  readonly username: string;
}

/** Somebody new who is signed in, at Home. */
async function someone(locale: "en" | "fa" = "en", more: { width?: number; scheme?: "dark" } = {}): Promise<Someone> {
  const { username } = await register(opened.url, locale);
  const portal = await opened.open({ locale, ...more }, username, password);
  return Object.assign(portal, { username });
}

/** The page somebody ends on: no script error, nothing for axe, nothing wider than the screen. */
async function endsOn({ page, axe, complaints, picture }: PortalPage, name: string): Promise<void> {
  await picture(`hub-${name}`);
  expect(await axe("all"), name).toEqual([]);
  const wide = await page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
  expect(wide, `${name}: pixels wider than the screen`).toBeLessThanOrEqual(0);
  expect(complaints).toEqual([]);
}

const inLab = ({ page, username }: Someone) => page.getByRole("heading", { name: `Lab of ${username}` }).waitFor();
function refuseTokens(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== "POST" || !request.url?.endsWith("/tokens")) return false;
  response.writeHead(403, { "content-type": "application/json" }).end('{"status": 403, "message": "Forbidden"}');
  return true;
}
const visitsOf = (username: string) => pages.visits.filter(({ user }) => user === username).map(({ how }) => how);
const startsOf = (username: string) => hub.starts.filter((start) => start.startsWith(`${username}/`));

describe("one press", () => {
  test("on Home starts it, shows the hub's own progress, and ends in Lab, once; the next one opens it", async () => {
    hub.spawn = () => ({ readyMs: 2_500, messages: ["Pulling the image"] });
    const me = await someone();
    const { page, t, username } = me;
    await page.getByText(t("jupyter.what")).waitFor();
    await endsOn(me, "home-stopped");
    await page.getByRole("link", { name: t("jupyter.start") }).click();
    await page.getByText("Pulling the image").waitFor();
    await endsOn(me, "starting");
    await inLab(me);
    expect(page.url()).not.toContain("token");
    expect(startsOf(username)).toHaveLength(1);
    // The token made the cookie: one way in, and no circle.
    expect(visitsOf(username)).toEqual(["token", "cookie"]);

    // The waiting page is not behind one: back is Home.
    await page.goBack();
    await page.getByRole("link", { name: t("jupyter.open"), exact: true }).waitFor();
    await page.getByText(t("states.ready"), { exact: true }).waitFor();
    await endsOn(me, "home-ready");
    await me.close();
  });

  test("in Persian, on a phone, by keyboard alone", async () => {
    const me = await someone("fa", { width: 390, scheme: "dark" });
    const { page, t } = me;
    const start = page.getByRole("link", { name: t("jupyter.start") });
    await start.waitFor();
    await endsOn(me, "home-stopped");
    await start.focus();
    await page.keyboard.press("Enter");
    await inLab(me);
    await me.close();
  });

  test("is one start for two windows, and both end in Lab", async () => {
    hub.spawn = () => ({ readyMs: 1_500 });
    const me = await someone();
    const second = await me.page.context().newPage();
    await Promise.all([me.page.goto(way), second.goto(opened.url + way)]);
    await Promise.all([inLab(me), second.getByRole("heading", { name: `Lab of ${me.username}` }).waitFor()]);
    expect(startsOf(me.username)).toHaveLength(1);
    await me.close();
  });
});

describe("the address that leads in", () => {
  test("the sign-in ran out while it started: sign-in, then on", async () => {
    hub.spawn = () => ({ readyMs: 4_000 });
    const me = await someone();
    const { page, t, username } = me;
    await page.goto(way);
    await page.getByRole("progressbar").waitFor();
    await page.context().clearCookies();
    await page.getByRole("heading", { name: t("auth.signIn") }).waitFor({ timeout: 20_000 });
    await page.getByLabel(t("auth.usernameOrEmail")).fill(username);
    await page.getByLabel(t("auth.password"), { exact: true }).fill(password);
    await page.getByRole("button", { name: t("auth.signIn") }).click();
    await inLab(me);
    expect(startsOf(username)).toHaveLength(1);
    await me.close();
  });

  test("back so soon: what may be wrong there, instead of a circle; cookies are blocked at the hub", async () => {
    pages.cookiesBlocked = true;
    const me = await someone();
    const { page, t, username } = me;
    await page.goto(way);
    await page.getByRole("heading", { name: "The hub's own sign-in" }).waitFor();
    await page.goto(way);
    await page.getByText(t("jupyter.way.backCookies")).waitFor();
    await page.getByText(new URL(pages.origin).host).waitFor();
    await endsOn(me, "back");
    // Nobody is sent anywhere until they say so.
    await page.waitForTimeout(1_500);
    expect(visitsOf(username)).toEqual(["token", "sign-in"]);
    pages.cookiesBlocked = false;
    await page.getByRole("button", { name: t("jupyter.again") }).click();
    await inLab(me);
    await me.close();
  });

  test("somebody else is signed in at the hub: explained, with the way out of it", async () => {
    // Without a token the hub goes by who is signed in there.
    pages.intercept = refuseTokens;
    const me = await someone();
    const { page, t, username } = me;
    await page.goto(`${pages.origin}/hub/begin?as=somebody`);
    await page.goto(opened.url + way);
    await page.getByText("and you are somebody").waitFor();
    await page.goto(opened.url + way);
    await page.getByText(t("jupyter.way.backUser")).waitFor();
    await page.getByText(username).first().waitFor();
    const [logout] = await Promise.all([
      page.context().waitForEvent("page"),
      page.getByRole("link", { name: t("jupyter.way.signOutHub") }).click(),
    ]);
    await logout.getByText("Signed out of the hub").waitFor();
    pages.intercept = () => false;
    await page.getByRole("button", { name: t("jupyter.again") }).click();
    await inLab(me);
    await me.close();
  });

  test("open without a token leads to the hub's own sign-in", async () => {
    const me = await someone();
    const { page, t, username } = me;
    await page.goto(way);
    await inLab(me);
    await page.goto(opened.url + way);
    await page.getByRole("button", { name: t("jupyter.way.without") }).click();
    await inLab(me);
    expect(visitsOf(username)).toEqual(["token", "cookie", "cookie"]);
    await me.close();
  });

  test("server gone meanwhile: start again", async () => {
    const me = await someone();
    const { page, t, username } = me;
    // It ends between being ready and being entered.
    const dies = (call: Route) => {
      hub.dies(username);
      return call.continue();
    };
    await page.route("**/hub/open", dies, { times: 1 });
    await page.goto(way);
    await page.getByText(t("jupyter.way.goneTitle")).waitFor();
    await endsOn(me, "gone");
    await page.getByRole("button", { name: t("jupyter.startAgain") }).click();
    await inLab(me);
    expect(startsOf(username)).toHaveLength(2);
    await me.close();
  });

  test("too slow: it says so, and the page changes to Open by itself when it turns up", async () => {
    hub.spawn = () => ({ readyMs: 14_000 });
    const me = await someone();
    const { page, t, username } = me;
    await page.goto(way);
    await page.getByText(t("jupyter.cause.too_slow.title")).waitFor({ timeout: 20_000 });
    await endsOn(me, "too-slow");
    await page.getByText(t("jupyter.way.readyTitle")).waitFor({ timeout: 60_000 });
    await endsOn(me, "turned-up");
    await page.getByRole("button", { name: t("jupyter.open"), exact: true }).click();
    await inLab(me);
    expect(startsOf(username)).toHaveLength(1);
    await me.close();
  });

  test("cancelled: nothing runs, and it can be started again", async () => {
    hub.spawn = () => ({ readyMs: 3_000 });
    const me = await someone();
    const { page, t } = me;
    await page.goto(way);
    await page.getByRole("button", { name: t("jupyter.cancel") }).click();
    await page.getByText(t("jupyter.cause.cancelled.title")).waitFor();
    await endsOn(me, "cancelled");
    hub.spawn = () => ({ readyMs: 20 });
    await page.getByRole("button", { name: t("jupyter.startAgain") }).click();
    await inLab(me);
    await me.close();
  });
});

describe("a start that comes to nothing says why, and what to do", () => {
  test.each([
    ["spawn_failed", "it just broke"],
    ["image_missing", "404 Client Error: No such image: lab:9"],
    ["over_quota", "Your storage is full, so your server was not started: 2 of 1 GiB."],
  ])("%s", async (cause, says) => {
    hub.spawn = () => ({ failsMs: 50, says });
    const me = await someone();
    const { page, t } = me;
    await page.goto(way);
    await page.getByText(t(`jupyter.cause.${cause}.title`)).waitFor();
    await page.getByText(t(`jupyter.cause.${cause}.text`)).waitFor();
    expect(await page.locator("main").innerText()).not.toContain(says);
    await endsOn(me, cause);
    if (cause === "over_quota") {
      await page.getByRole("link", { name: t("jupyter.freeRoom") }).click();
      await page.getByRole("heading", { level: 1, name: t("storage.ownTitle") }).waitFor();
    } else {
      await page.getByText(t("jupyter.number")).waitFor();
      hub.spawn = () => ({ readyMs: 20 });
      await page.getByRole("button", { name: t("jupyter.again") }).click();
      await inLab(me);
    }
    await me.close();
  });

  test("died: the hub took it on, three times over, and knew nothing of it; the next press works", async () => {
    hub.spawn = (user, server) => {
      setImmediate(() => hub.dies(user, server));
      return { readyMs: 60_000 };
    };
    const me = await someone();
    const { page, t, username } = me;
    await page.goto(way);
    await page.getByText(t("jupyter.cause.died.title")).waitFor();
    await page.getByText(t("jupyter.cause.died.text")).waitFor();
    await page.getByText(t("jupyter.number")).waitFor();
    await endsOn(me, "died");
    expect(startsOf(username)).toHaveLength(3);
    hub.spawn = () => ({ readyMs: 20 });
    await page.getByRole("button", { name: t("jupyter.again") }).click();
    await inLab(me);
    await me.close();
  });

  test("named_servers_off: nothing is started by that name, and one is led to the server without", async () => {
    const me = await someone("fa", { width: 390, scheme: "dark" });
    const { page, t, username } = me;
    await page.goto(`${way}?server=second`);
    await page.getByText(t("jupyter.cause.named_servers_off.title")).waitFor();
    await page.getByText(t("jupyter.cause.named_servers_off.text")).waitFor();
    // The same press would come to the same; nothing was begun that had a number.
    expect(await page.getByRole("button", { name: t("jupyter.again") }).count()).toBe(0);
    expect(await page.getByText(t("jupyter.number")).count()).toBe(0);
    await endsOn(me, "named-servers-off");
    expect(startsOf(username)).toEqual([]);
    await page.getByRole("link", { name: t("jupyter.startDefault") }).click();
    await inLab(me);
    expect(startsOf(username)).toEqual([`${username}/`]);
    await me.close();
  });

  test("name_taken: whom to ask, and no button that mends nothing; Home says it too", async () => {
    const { username } = await register(opened.url, "en");
    await expect.poll(() => hub.users.has(username)).toBe(true);
    hub.users.delete(username);
    hub.addUser(username, { created: new Date(Date.now() - 86_400_000) });
    const me = Object.assign(await opened.open({ locale: "en" }, username, password), { username });
    await opened.database.query("update hub_users set state = 'wanted', made_at = null where name = $1", [username]);
    const { page, t } = me;
    await page.goto(way);
    await page.getByText(t("jupyter.cause.name_taken.title")).waitFor();
    await page.getByText(t("jupyter.number")).waitFor();
    expect(await page.getByRole("button", { name: t("jupyter.again") }).count()).toBe(0);
    await endsOn(me, "name-taken");
    expect(startsOf(username)).toEqual([]);
    await page.getByRole("link", { name: t("jupyter.toHome") }).click();
    await page.getByText(t("jupyter.cause.name_taken.title")).waitFor();
    await endsOn(me, "home-name-taken");
    await me.close();
  });

  test("token_refused: an administrator is told, by the number", async () => {
    const me = await someone();
    const { page, t } = me;
    hub.scopes.delete("servers");
    await page.goto(way);
    await page.getByText(t("jupyter.cause.token_refused.title")).waitFor();
    await page.getByText(t("jupyter.number")).waitFor();
    await endsOn(me, "token-refused");
    await me.close();
  });

  test("at_capacity: it waits, says so, and goes on by itself", async () => {
    hub.limit = 0;
    const me = await someone();
    const { page, t } = me;
    await page.goto(way);
    await page.getByText(t("jupyter.waits.at_capacity")).waitFor();
    await endsOn(me, "at-capacity");
    hub.limit = Number.POSITIVE_INFINITY;
    await inLab(me);
    await me.close();
  });

  test("hub_down: it waits and goes on by itself; away for too long, it says so, and the next press works", async () => {
    const me = await someone();
    const { page, t, username } = me;
    await expect.poll(() => hub.users.has(username)).toBe(true);
    await hub.goDown();
    try {
      await page.goto(way);
      await page.getByText(t("jupyter.waits.hub_down")).waitFor();
      await endsOn(me, "hub-down-waits");
      await page.getByText(t("jupyter.cause.hub_down.title"), { exact: true }).waitFor({ timeout: 90_000 });
      await endsOn(me, "hub-down");
    } finally {
      await hub.comeUp();
    }
    await page.getByRole("button", { name: t("jupyter.again") }).click();
    await inLab(me);
    await me.close();
  });

  test("the hub is gone when one is about to enter", async () => {
    const me = await someone();
    const { page, t } = me;
    await page.goto(way);
    await inLab(me);
    await hub.goDown();
    const again = await page.context().newPage();
    try {
      await again.goto(opened.url + way);
      await again.getByText(t("jupyter.cause.hub_down.title"), { exact: true }).waitFor();
    } finally {
      await hub.comeUp();
    }
    await me.close();
  });
});
