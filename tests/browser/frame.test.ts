import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiOf } from "./account-api.ts";
import { password, register } from "./people.ts";
import { openBrowser, openPortal, type PageOptions, type PortalPage } from "./portal-page.ts";
import { sharedStoa } from "./shared-stoa.ts";

let browser: Browser;
const stoa = sharedStoa();

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
});

/** Somebody new, signed in, with two workspaces. */
async function newcomer(look: PageOptions, work: (portal: PortalPage, username: string) => Promise<void>) {
  const { username } = await register(stoa.url, look.locale);
  const person = await apiOf(stoa.url, username, password);
  await person.makeWorkspace("Reef data", { "a.txt": "a" });
  await person.makeWorkspace("دادهٔ دریا", {});
  const portal = await openPortal(browser, stoa.url, look);
  try {
    await portal.signIn(username, password);
    await work(portal, username);
    expect(portal.complaints).toEqual([]);
  } finally {
    await portal.close();
    await person.stopSessions();
  }
}

const focusIsOnTitle = (page: Page) =>
  expect.poll(() => page.evaluate("document.activeElement?.matches('[data-page-title]')")).toBe(true);

describe("the palette", () => {
  test.each(["en", "fa"] as const)("finds, goes and starts by keyboard alone (%s)", async (locale) => {
    await newcomer({ locale }, async ({ page, t, picture, axe }) => {
      const dialog = page.getByRole("dialog", { name: t("palette.title") });
      const field = dialog.getByRole("combobox", { name: t("palette.label") });
      const chosen = dialog.getByRole("option", { selected: true });
      const ask = async (words: string, name: string | RegExp, keys = "Control+k") => {
        await page.keyboard.press(keys);
        await field.fill(words);
        await expect
          .poll(() => chosen.innerText({ timeout: 1_000 }).catch(() => ""), { timeout: 10_000 })
          .toMatch(name);
        // What the reader is told of is what is marked.
        expect(await field.getAttribute("aria-activedescendant")).toBe(await chosen.getAttribute("id"));
      };

      // An Arabic keyboard's yeh is the same letter.
      await ask("دريا", /دریا/);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await ask("reef d", /Reef data/);
      await picture("palette-found");
      expect(await axe()).toEqual([]);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "Reef data" }).waitFor();
      await focusIsOnTitle(page);

      const terminal = t("jobTypes.terminal");
      await ask(`${terminal} reef`, new RegExp(`${terminal}.*Reef`));
      await page.keyboard.press("Enter");
      await expect.poll(() => page.url(), { timeout: 20_000 }).toMatch(/\/sessions\/\d+$/);

      // What was chosen stands first the next time.
      // In a terminal Ctrl+K is the shell's.
      await page.keyboard.press("Meta+k");
      const recent = dialog.getByRole("group", { name: t("palette.group_recent") });
      await recent.getByRole("option", { name: "Reef data" }).waitFor();
      // Stopping stays on offer when the server has answered, too.
      const stop = t("palette.stop", { program: terminal, workspace: "Reef data" });
      const answered = page.waitForResponse((response) => /\/sessions\?.*search=/.test(response.url()));
      await field.fill(stop.split(" ")[0] ?? "");
      await answered;
      await page.waitForTimeout(500);
      await dialog.getByRole("option", { name: stop }).waitFor({ timeout: 1_000 });
      await field.fill("qqqq");
      await dialog.getByText(t("palette.nothing")).waitFor();
    });
  });

  test("loses nothing that is typed before its field stands, and is a box near the top on a wide screen", async () => {
    await newcomer({ locale: "en" }, async ({ page, picture }) => {
      await page.route(/palette.*\.js$/, async (route) => {
        await new Promise((wait) => setTimeout(wait, 1_500));
        await route.continue();
      });
      await page.reload();
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await page.keyboard.press("Control+k");
      await page.keyboard.type("darj", { delay: 30 });
      await page.keyboard.press("Backspace");
      await page.keyboard.type("k theme", { delay: 300 });
      await expect.poll(() => page.getByRole("combobox").inputValue()).toBe("dark theme");
      const box = await page.getByRole("dialog").boundingBox();
      expect(box?.width).toBeGreaterThan(600);
      expect(box?.width).toBeLessThan(680);
      expect(box?.y).toBeGreaterThan(40);
      expect(box?.y).toBeLessThan(200);
      await picture("palette-box");
    });
  });

  test("keeps the keyboard from a page that stands only after it was opened", async () => {
    await newcomer({ locale: "en" }, async ({ page, t }) => {
      // The page's own code, then its terminal's: each takes the focus when it stands.
      for (const [part, ms] of [
        [/\/session-page-[^/]*\.js$/, 1_500],
        [/\/terminal-[^/]*\.js$/, 2_000],
      ] as const) {
        await page.route(part, async (route) => {
          await new Promise((wait) => setTimeout(wait, ms));
          await route.continue();
        });
      }
      const field = page.getByRole("dialog", { name: t("palette.title") }).getByRole("combobox");
      const terminal = t("jobTypes.terminal");
      await page.keyboard.press("Control+k");
      await field.fill(`${terminal} reef`);
      await page.getByRole("option", { name: new RegExp(`${terminal}.*Reef`), selected: true }).waitFor();
      await page.keyboard.press("Enter");
      await field.waitFor({ state: "detached" });
      await page.keyboard.press("Control+k");
      await page.keyboard.type("where do all of these go to", { delay: 200 });
      await page.locator(".xterm").waitFor();
      await page.keyboard.type(" now", { delay: 200 });
      expect(await field.inputValue()).toBe("where do all of these go to now");
      // Who asked for it behind the palette has it when that goes.
      await page.keyboard.press("Escape");
      await expect.poll(() => page.evaluate("document.activeElement?.closest('.xterm') !== null")).toBe(true);
    });
  });

  test("changes language and colours, and is a sheet on a phone", async () => {
    await newcomer({ locale: "en", width: 390 }, async ({ page, t, picture, axe }) => {
      await page
        .getByRole("button", { name: t("frame.search") })
        .filter({ visible: true })
        .click();
      const field = page.getByRole("combobox");
      await field.fill("dark");
      await page.getByRole("option", { name: /Dark/ }).click();
      await expect.poll(() => page.getAttribute("html", "data-mantine-color-scheme")).toBe("dark");
      await page
        .getByRole("button", { name: t("frame.search") })
        .filter({ visible: true })
        .click();
      await picture("palette-sheet");
      expect(await axe()).toEqual([]);
      await field.fill("زبان");
      await page.getByRole("option", { name: "فارسی" }).click();
      await expect.poll(() => page.getAttribute("html", "dir")).toBe("rtl");
    });
  });
});

describe("help", () => {
  test.each([
    { locale: "en", width: 1440 },
    { locale: "fa", width: 390, scheme: "dark" },
  ] as const)("leads around once, and again when asked ($locale, $width)", async (look) => {
    await newcomer(look, async (portal, username) => {
      const { page, t } = portal;
      const invitation = page.getByRole("region", { name: t("home.newHere") });
      await invitation.getByRole("button", { name: t("home.lookAround") }).click();
      for (const step of ["workspaces", "start", "running", "search", "help"]) {
        const dialog = page.getByRole("dialog", { name: t(`help.tourSteps.${step}.title`) });
        await dialog.waitFor();
        await portal.picture(`tour-${step}`);
        expect(await portal.axe()).toEqual([]);
        if (step !== "help") await dialog.getByRole("button", { name: t("help.tourNext") }).click();
      }
      await page.getByRole("button", { name: t("help.tourEnd") }).click();
      await invitation.waitFor({ state: "detached" });

      // Another browser does not ask again.
      const other = await openPortal(browser, stoa.url, look);
      await other.signIn(username, password);
      await other.page.getByRole("heading", { name: t("home.start") }).waitFor();
      expect(await other.page.getByRole("region", { name: t("home.newHere") }).count()).toBe(0);
      await other.close();

      await page.goto("/portal/help");
      await page.getByRole("button", { name: t("help.tour") }).click();
      await page.getByRole("dialog", { name: t("help.tourSteps.workspaces.title") }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    });
  });

  test("tells every key by one of them, but not to who is typing", async () => {
    await newcomer({ locale: "en" }, async ({ page, t }) => {
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: t("help.shortcuts") }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.goto("/portal/account");
      await page.getByLabel(t("auth.fullName")).press("?");
      expect(await page.getByRole("dialog").count()).toBe(0);
    });
  });
});

test("colours, calendar and digits are the account's: the next browser has them", async () => {
  const look = { locale: "fa", scheme: "light" } as const;
  await newcomer(look, async (portal, username) => {
    const { page, t } = portal;
    await page.goto("/portal/account/look");
    await page.getByLabel(t("account.scheme")).selectOption("dark");
    await page.getByLabel(t("account.calendar")).selectOption("gregory");
    await page.getByLabel(t("account.digits")).selectOption("latin");
    await page.getByText(/20\d\d/).waitFor();
    await portal.picture("account-look-chosen");
    expect(await portal.axe()).toEqual([]);
    await page.reload();
    expect(await page.getAttribute("html", "data-mantine-color-scheme")).toBe("dark");

    const other = await openPortal(browser, stoa.url, look);
    await other.signIn(username, password);
    expect(await other.page.getAttribute("html", "data-mantine-color-scheme")).toBe("dark");
    // Counts in sentences too.
    await other.page.getByText(/^2 /).first().waitFor();
    // Whoever comes next at this computer is not bound to it.
    await other.page.getByRole("button", { name: t("frame.signOut") }).click();
    await other.page.getByRole("heading", { level: 1, name: t("auth.signIn") }).waitFor();
    await expect.poll(() => other.page.getAttribute("html", "data-mantine-color-scheme")).toBe("light");
    await other.close();
  });
});

test("each page has its own title and takes the focus; going back leads to where one was", async () => {
  await newcomer({ locale: "en" }, async ({ page, t }) => {
    for (const [place, title] of [
      ["workspaces", "workspaces.title"],
      ["sessions", "sessions.title"],
      ["account", "account.tabs.profile"],
    ] as const) {
      await page
        .getByRole("navigation")
        .getByRole("link", { name: t(`frame.${place}`) })
        .first()
        .click();
      await page.getByRole("heading", { level: 1, name: t(title) }).waitFor();
      await expect.poll(() => page.title()).toBe(`${t(title)} · ${t("name")}`);
      await focusIsOnTitle(page);
    }
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: t("sessions.title") }).waitFor();

    await page.setViewportSize({ width: 1440, height: 300 });
    await page.goto("/portal/help");
    await page.getByRole("heading", { name: t("help.words") }).waitFor();
    await page.evaluate("window.scrollTo(0, 250)");
    await page.waitForTimeout(300);
    await page.getByRole("link", { name: t("help.run.go") }).dispatchEvent("click");
    await page.getByRole("heading", { name: t("home.start") }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: t("help.words") }).waitFor();
    await expect.poll(() => page.evaluate<number>("window.scrollY")).toBeGreaterThan(150);

    await page.goto("/portal/no/such/place");
    await page.getByRole("heading", { level: 1, name: t("errors.notFoundTitle") }).waitFor();
    await expect.poll(() => page.title()).toContain(t("errors.notFoundTitle"));
    await page.getByRole("link", { name: t("errors.toHome") }).click();
    await page.getByRole("heading", { name: t("home.start") }).waitFor();
  });
});

test("what was typed outlives a reload, but not signing out; a password is never kept", async () => {
  await newcomer({ locale: "en" }, async ({ page, t, signIn }, username) => {
    const open = async () => {
      await page.goto("/portal/workspaces");
      await page.getByRole("button", { name: t("workspaces.new"), exact: true }).click();
      return page.getByRole("dialog").getByLabel(t("workspaces.name"), { exact: true });
    };
    await (await open()).fill("Half a name");
    await page.reload();
    expect(await (await open()).inputValue()).toBe("Half a name");

    await page.goto("/portal/account/security");
    await page.getByLabel(t("auth.currentPassword"), { exact: true }).fill("never to be kept");
    expect(await page.evaluate("JSON.stringify({ ...sessionStorage })")).not.toContain("never to be kept");

    await page.getByRole("button", { name: t("frame.signOut") }).click();
    await page.getByRole("heading", { level: 1, name: t("auth.signIn") }).waitFor();
    expect(await page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })")).not.toContain("Half a name");
    await signIn(username, password);
    expect(await (await open()).inputValue()).toBe("");
  });
});

test.each(["/", "/workspaces"])("who signs out on %s and in again at once gets in, at the first try", async (path) => {
  await newcomer({ locale: "fa" }, async ({ page, t }, username) => {
    await page.goto(`/portal${path}`);
    await page.getByRole("button", { name: t("frame.signOut") }).click();
    await page.getByRole("heading", { level: 1, name: t("auth.signIn") }).waitFor();
    expect(page.url()).not.toContain("next=%2Fsign-in");
    await page.getByLabel(t("auth.usernameOrEmail")).fill(username);
    await page.getByLabel(t("auth.password"), { exact: true }).fill(password);
    await page.getByRole("button", { name: t("auth.signIn"), exact: true }).click();
    await page.waitForURL((url) => !url.pathname.endsWith("/sign-in"));
    await page.getByRole("navigation").first().waitFor();
  });
});

test.each(["en", "fa"] as const)(
  "a dialog moves nothing, and an empty page has nothing to scroll (%s)",
  async (locale) => {
    await newcomer({ locale, width: 1280 }, async ({ page, t }) => {
      await page.goto("/portal/trash");
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("networkidle");
      const scrolls = "document.documentElement.scrollHeight - window.innerHeight";
      expect(await page.evaluate<number>(scrolls)).toBeLessThanOrEqual(0);

      await page.setViewportSize({ width: 1280, height: 420 });
      await page.goto("/portal/workspaces");
      const title = page.getByRole("heading", { level: 1 });
      await title.waitFor();
      const before = await title.boundingBox();
      await page
        .getByRole("button", { name: t("workspaces.new") })
        .first()
        .click();
      await page.getByRole("dialog").waitFor();
      expect((await title.boundingBox())?.x).toBe(before?.x);
    });
  },
);

test("a second tap on the phone's last entry does not sign out", async () => {
  await newcomer({ locale: "fa", width: 390 }, async ({ page, t, picture }) => {
    const more = page.getByRole("button", { name: t("frame.more") });
    const box = await more.boundingBox();
    if (!box) throw new Error("It is not there.");
    await more.dblclick();
    const leave = page.getByRole("dialog").getByRole("button", { name: t("frame.signOut") });
    await leave.waitFor();
    await page.waitForTimeout(500);
    const its = await leave.boundingBox();
    expect((its?.y ?? 0) + (its?.height ?? 0)).toBeLessThanOrEqual(box.y);
    await picture("more-sheet");
    expect(page.url()).not.toContain("sign-in");
  });
});
