import type { Browser, WebSocketRoute } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Account, apiOf } from "./account-api.ts";
import { openBrowser, openPortal, type PageOptions, type PortalPage } from "./portal-page.ts";
import { sharedStoa } from "./shared-stoa.ts";

let browser: Browser;
let admin: Account;
const stoa = sharedStoa();

beforeAll(async () => {
  browser = await openBrowser();
  admin = await apiOf(stoa.url, "admin", stoa.adminPassword);
});
afterAll(async () => {
  await browser?.close();
});

/** A page about a fresh terminal, which answers. */
async function withTerminal(look: PageOptions, work: (portal: PortalPage, workspace: number) => Promise<void>) {
  const workspace = await admin.makeWorkspace(`Terminals ${look.locale} ${look.width}`, {});
  const session = await admin.startSession(workspace, "terminal");
  const portal = await openPortal(browser, stoa.url, look);
  try {
    await portal.signIn("admin", stoa.adminPassword);
    await portal.page.goto(`/portal/sessions/${session}`);
    await opened(portal);
    await work(portal, workspace);
    expect(portal.complaints).toEqual([]);
  } finally {
    await portal.close();
    await admin.stopSessions();
  }
}

/** The one in front. */
const inFront = ({ page }: PortalPage) => page.getByRole("tabpanel");
const opened = (portal: PortalPage) => inFront(portal).locator("[data-connection=open]").waitFor();
const rowsOf = (portal: PortalPage) => inFront(portal).locator(".xterm-rows");

async function type(portal: PortalPage, command: string, until: string): Promise<void> {
  // Ready is who has prompted.
  await expect.poll(() => rowsOf(portal).innerText(), soon).toMatch(/[$#%>]/);
  await portal.page.keyboard.type(`${command}\n`);
  await expect.poll(() => rowsOf(portal).innerText(), soon).toContain(until);
}

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`terminal-${name}`);
  expect(await portal.axe(), name).toEqual([]);
  const wide = await portal.page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
  expect(wide, `${name}: pixels wider than the screen`).toBeLessThanOrEqual(0);
}

/** A busy machine takes its time. */
const soon = { timeout: 20_000 };

const looks = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const;

describe.each(looks)("terminals ($locale, $scheme, $width)", (options) => {
  test("one more is opened beside the first, each keeps what it showed, keys lead from one to the other", async () => {
    await withTerminal(options, async (portal) => {
      const { page, t } = portal;
      const tabs = page.getByRole("tablist", { name: t("terminal.tabs") }).getByRole("tab");
      const first = page.url();
      await type(portal, "echo first-$((6*7))", "first-42");
      await page.getByRole("button", { name: t("terminal.more") }).click();
      await expect.poll(() => tabs.count(), soon).toBe(2);
      await opened(portal);
      expect(page.url()).not.toBe(first);
      await type(portal, "echo second-$((6*7))", "second-42");
      await look(portal, "two");

      // As the arrows are drawn: to the one before.
      await page.keyboard.press(options.locale === "fa" ? "Control+Shift+ArrowRight" : "Control+Shift+ArrowLeft");
      await page.waitForURL(first);
      expect(await rowsOf(portal).innerText()).toContain("first-42");
      await type(portal, "echo again-$((6*7))", "again-42");

      await tabs.nth(1).click();
      expect(await rowsOf(portal).innerText()).toContain("second-42");
      await type(portal, "echo typed-$((6*7))", "typed-42");
    });
  });

  test("one is named, and ended from its menu: the other comes to the front", async () => {
    await withTerminal(options, async (portal) => {
      const { page, t } = portal;
      const menu = async (name: string) => {
        await page.getByRole("button", { name: t("terminal.menu") }).click();
        await page.getByRole("menuitem", { name }).click();
      };
      await menu(t("terminal.rename"));
      await page.getByRole("textbox", { name: t("terminal.name") }).fill("Build");
      await page.getByRole("button", { name: t("common.save") }).click();
      const build = page.getByRole("tab", { name: "Build" });
      await build.waitFor();
      await page.reload();
      await build.waitFor();

      await page.getByRole("button", { name: t("terminal.more") }).click();
      await opened(portal);
      await menu(t("terminal.close"));
      await page
        .getByRole("dialog")
        .getByRole("button", { name: t("terminal.close") })
        .click();
      await expect.poll(() => page.getByRole("tab").count(), soon).toBe(1);
      expect(await build.getAttribute("aria-selected")).toBe("true");
    });
  });

  test("what was printed is searched, larger, in other colours, without a complaint of the browser's", async () => {
    await withTerminal(options, async (portal) => {
      const { page, t } = portal;
      // A colour of its own, and one that can't be read on a white ground: both are styles of one character.
      await type(
        portal,
        "printf '\\033[38;2;255;120;0morange\\033[0m \\033[97mpale\\033[0m %s\\n' $((6*7))",
        "pale 42",
      );
      expect(
        await page.evaluate<string>(
          "getComputedStyle([...document.querySelectorAll('.xterm-rows span')].findLast((one) => one.textContent === 'orange')).color",
        ),
      ).toBe("rgb(255, 120, 0)");

      await page.keyboard.press("Control+Shift+F");
      const field = page.getByRole("textbox", { name: t("terminal.findText") });
      await field.fill("orange");
      await look(portal, "find");
      await field.fill("nowhere to be found");
      await page.getByText(t("terminal.notFound")).waitFor();
      await field.press("Escape");
      await type(portal, "echo back-$((6*7))", "back-42");

      await page.getByRole("button", { name: t("terminal.menu") }).click();
      await page.getByRole("menuitem", { name: t("terminal.larger") }).click();
      await page.getByRole("menuitemradio", { name: t("terminal.colours.light") }).click();
      await page.keyboard.press("Escape");
      const ground = inFront(portal).getByRole("region", { name: t("terminal.label") });
      expect(await ground.getAttribute("data-scheme")).toBe("light");
      await look(portal, "light");
      // Kept for the next time.
      await page.reload();
      await opened(portal);
      expect(await ground.getAttribute("data-scheme")).toBe("light");
    });
  });

  test("after a break it connects again by itself, and says so meanwhile", async () => {
    await withTerminal(options, async (portal) => {
      const { page, t } = portal;
      const sockets: WebSocketRoute[] = [];
      const goOn = Promise.withResolvers<void>();
      await page.routeWebSocket(/\/terminal$/, async (socket) => {
        sockets.push(socket);
        if (sockets.length > 1) await goOn.promise;
        socket.connectToServer();
      });
      await page.reload();
      await opened(portal);
      await type(portal, "echo before-$((6*7))", "before-42");
      await sockets[0]?.close({ code: 3001 });
      await inFront(portal).getByText(t("terminal.reconnecting")).waitFor();
      await page.getByRole("tab", { name: t("terminal.reconnecting") }).waitFor();
      await look(portal, "reconnecting");
      goOn.resolve();
      await opened(portal);
      // What was printed is sent anew once the connection is there.
      await expect.poll(() => rowsOf(portal).innerText(), soon).toContain("before-42");
      await type(portal, "echo after-$((6*7))", "after-42");
    });
  });
});

test("what was printed is all there on a phone and back, and when it has ended, with each prompt once", async () => {
  await withTerminal({ locale: "en", scheme: "light", width: 1440 }, async (portal) => {
    const { page, t } = portal;
    const there = page.url();
    await type(portal, "PS1='$(printf %.0sp {1..60})> '; clear; echo top-$((6*7))", "top-42");
    for (const width of [390, 1440, 390, 1440]) {
      await page.goto("/portal/");
      await page.setViewportSize({ width, height: 800 });
      await page.goto(there);
      await opened(portal);
      await type(portal, `echo at-${width}-$((6*7))`, `at-${width}-42`);
      expect(await rowsOf(portal).innerText()).toContain("top-42");
    }
    const prompts = async () => (await page.locator(".xterm-rows").innerText()).match(/p{60}>/g)?.length;
    await expect.poll(prompts, soon).toBe(5);
    await page.getByRole("button", { name: t("sessions.stop"), exact: true }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("sessions.stop") })
      .click();
    await page.getByRole("region", { name: t("sessions.log") }).waitFor();
    // From the first line on: the view is as high as what was printed.
    await expect.poll(() => page.locator(".xterm-rows").innerText(), soon).toContain("top-42");
    await expect.poll(prompts, soon).toBe(5);
  });
});
