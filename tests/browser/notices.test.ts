import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noticeKinds } from "../../packages/server/src/notices/kinds.ts";
import { apiOf } from "./account-api.ts";
import { password, register } from "./people.ts";
import { openBrowser, openPortal } from "./portal-page.ts";
import { sharedStoa } from "./shared-stoa.ts";

let browser: Browser;
const stoa = sharedStoa();

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
});

describe.each(["en", "fa"] as const)("the bell (%s)", (locale) => {
  test("rings within a second for whom it concerns, alone, and is read by keyboard", async () => {
    const [other, third] = [await register(stoa.url, locale), await register(stoa.url, locale)];
    const admin = await apiOf(stoa.url, "admin", stoa.adminPassword);
    const name = `${locale === "fa" ? "برای تو" : "For you"} ${Date.now()}`;
    const id = await admin.makeWorkspace(name, { "gift.txt": "for you\n" });
    const receiver = await openPortal(browser, stoa.url, { locale });
    const { page, t } = receiver;
    await receiver.signIn(other.username, password);
    const bystander = await openPortal(browser, stoa.url, { locale });
    await bystander.signIn(third.username, password);
    const sender = await openPortal(browser, stoa.url, { locale });
    await sender.signIn("admin", stoa.adminPassword);
    const quiet = (at: Page) => at.getByRole("button", { name: t("frame.notices"), exact: true });
    const ringing = page.getByRole("button", { name: unreadOne(t) });
    await quiet(page).waitFor();
    await quiet(bystander.page).waitFor();
    // The stream of events is open by then.
    await page.waitForTimeout(1_000);
    await markAll(sender.page);

    await admin.share(id, other.username);
    const told = await noticeOf(page, name);
    await ringing.waitFor();
    expect(Date.now() - told, "milliseconds since it happened").toBeLessThan(1_500);
    expect(await page.locator("[role=status]").allInnerTexts()).toContain(newOne(t, locale));
    await expect(quiet(bystander.page).count()).resolves.toBe(1);
    await expect(quiet(sender.page).count()).resolves.toBe(1);

    await ringing.focus();
    await page.keyboard.press("Enter");
    const panel = page.getByRole("region", { name: t("frame.notices") });
    const heading = panel.getByRole("heading", { name: t("notices.title") });
    await heading.waitFor();
    await expect.poll(() => heading.evaluate((node) => node === node.ownerDocument.activeElement)).toBe(true);
    const sentence = panel.getByRole("link", { name });
    await sentence.waitFor();
    await receiver.picture("bell-open");
    expect(await receiver.axe()).toEqual([]);
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    expect(await ringing.evaluate((node) => node === node.ownerDocument.activeElement)).toBe(true);

    await page.keyboard.press("Enter");
    await heading.waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await quiet(page).waitFor();
    expect([...receiver.complaints, ...bystander.complaints, ...sender.complaints]).toEqual([]);
    await sentence.click();
    await page.getByRole("heading", { level: 1, name: t("workspaces.title") }).waitFor();
    await panel.waitFor({ state: "detached" });

    // The answer reaches who offered it.
    await page.getByRole("button", { name: t("offers.acceptOne", { name }), exact: true }).click();
    await sender.page.getByRole("button", { name: unreadOne(t) }).waitFor();
    await sender.page.goto("/portal/notices");
    await sender.page.getByRole("link", { name }).first().waitFor();
    for (const portal of [receiver, bystander, sender]) await portal.close();
  });

  test("what one hears of is one's own choice, and kept", async () => {
    const somebody = await register(stoa.url, locale);
    const portal = await openPortal(browser, stoa.url, { locale });
    const { page, t } = portal;
    await portal.signIn(somebody.username, password);
    await page.goto("/portal/notices");
    await page.getByText(t("notices.emptyText")).waitFor();
    await page.getByRole("link", { name: t("notices.choose") }).click();
    const here = page.getByRole("checkbox", {
      name: t("notices.hereFor", { what: t("notices.kinds.share.offered") }).replaceAll(/[\u2068\u2069]/g, ""),
    });
    await here
      .or(page.getByRole("checkbox", { name: t("notices.kinds.share.offered") }))
      .first()
      .uncheck();
    await page.getByText(t("notices.kept")).waitFor();
    expect(await page.getByRole("checkbox", { name: t("notices.kinds.admin.unhealthy") }).count()).toBe(0);
    await page.reload();
    const again = page.getByRole("checkbox", { name: t("notices.kinds.share.offered") });
    await again.waitFor();
    expect(await again.isChecked()).toBe(false);
    await portal.close();
  });
});

const looks = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "en", scheme: "dark", width: 390 },
  { locale: "fa", scheme: "dark", width: 1440 },
  { locale: "fa", scheme: "light", width: 390 },
] as const;

test.each(looks)("every kind, and names of any length ($locale, $scheme, $width)", async (look) => {
  const portal = await openPortal(browser, stoa.url, look);
  const { page, t } = portal;
  const items = everyKind();
  const unread = items.filter(({ read_at }) => read_at === null).length;
  const json = (body: object) => ({ contentType: "application/json", body: JSON.stringify(body) });
  await page.route(/\/api\/stoa\/v1\/notices(\?|$)/, (route) => route.fulfill(json({ items, next_cursor: null })));
  // As where there is a mail server.
  await page.route(/\/api\/stoa\/v1\/notices\/preferences/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill(json({ ...((await answer.json()) as object), mail_available: true }));
  });
  await page.route(/\/api\/stoa\/v1\/notices\/count/, (route) => route.fulfill(json({ unread: 128 })));
  await portal.signIn("admin", stoa.adminPassword);
  await page.goto("/portal/notices");
  await page.getByRole("list", { name: t("notices.title") }).waitFor();
  await portal.picture("notices-every-kind");
  expect(await portal.axe()).toEqual([]);
  expect(await page.getByRole("button", { name: t("notices.readOne") }).count()).toBeGreaterThan(unread / 3);
  await page.getByRole("button", { name: new RegExp(`^${t("frame.notices")}.+`) }).click();
  await page
    .getByRole("region", { name: t("frame.notices") })
    .getByRole("link", { name: t("notices.all") })
    .waitFor();
  await portal.picture("bell-every-kind");
  expect(await portal.axe()).toEqual([]);
  await page.goto("/portal/notices/choose");
  await page.getByRole("table").waitFor();
  await portal.picture("notices-choose");
  expect(await portal.axe()).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth > innerWidth")).toBe(false);
  expect(portal.complaints).toEqual([]);
  await portal.close();
});

/** One of each, the newest unread; some in names that nobody would choose. */
function everyKind() {
  const said: Readonly<Record<string, string | number>> = {
    person: "Shirin Ebadi",
    name: "Thesis",
    operation: "workspace.delete",
    reason: "There is no room left.",
    agent: "Firefox on Linux",
    address: "192.0.2.7",
    role: "admin",
    why: "idle",
    thing: "LOCAL",
    problems: 3,
    subject: "Choose a new password for Stoa",
    at: "2026-12-24T18:00:00.000Z",
    until: "2026-12-24T18:00:00.000Z",
  };
  return Object.entries(noticeKinds).map(([kind, { says }], at) => {
    const values = Object.fromEntries(says.map((value) => [value, said[value] ?? null]));
    if (at === 1) values.name = "a-very-long-name-without-any-space-".repeat(8);
    if (at === 2) values.person = "مهندس محمدرضا شجاعی‌نیا ".repeat(6);
    return {
      id: 1_000 - at,
      kind,
      subject: { kind: "share", id: "1" },
      values,
      text: kind,
      link: "/workspaces",
      created_at: new Date(Date.now() - at * 5_400_000).toISOString(),
      read_at: at > 5 && at % 3 !== 0 ? new Date().toISOString() : null,
    };
  });
}

/** As the button is called while there is one. */
function unreadOne(t: (key: string) => string): RegExp {
  return asPattern(t("frame.noticesUnread_one"), "[1۱]");
}

function newOne(t: (key: string) => string, locale: "en" | "fa"): string {
  return t("frame.noticeNew_one").replace(/\{\{.*?\}\}/, locale === "fa" ? "۱" : "1");
}

function asPattern(words: string, count: string): RegExp {
  return new RegExp(`^${words.replace(/\{\{.*?\}\}/, count)}$`);
}

async function markAll(page: Page): Promise<void> {
  await page.goto("/portal/notices");
  await page.getByRole("search").waitFor();
  await page.evaluate(async () => {
    const session = (await (await fetch("/api/stoa/v1/auth/session")).json()) as { csrf_token: string };
    await fetch("/api/stoa/v1/notices/read", {
      method: "POST",
      headers: { "content-type": "application/json", "x-csrf-token": session.csrf_token },
      body: JSON.stringify({ all: true }),
    });
  });
}

/** Waits until the server has it. @returns when it happened, ms since the epoch */
async function noticeOf(page: Page, name: string): Promise<number> {
  for (;;) {
    const at = await page.evaluate(async (wanted) => {
      const page = (await (await fetch("/api/stoa/v1/notices?limit=1")).json()) as {
        items: { created_at: string; text: string }[];
      };
      return page.items.find(({ text }) => text.includes(wanted))?.created_at ?? null;
    }, name);
    if (at !== null) return Date.parse(at);
    await page.waitForTimeout(30);
  }
}
