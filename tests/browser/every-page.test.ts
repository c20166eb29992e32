import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

const looks: readonly PageOptions[] = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "en", scheme: "dark", width: 390 },
  { locale: "fa", scheme: "dark", width: 1440 },
  { locale: "fa", scheme: "light", width: 390 },
];

/** Address and the catalogue's title; pages of things that don't exist are pages too. */
const signedIn = [
  ["/portal", "home", null],
  ["/portal/workspaces", "workspaces", "workspaces.title"],
  ["/portal/workspaces/999999", "workspace-missing", "workspaces.notFound"],
  ["/portal/trash", "trash", "trash.title"],
  ["/portal/sessions", "sessions", "sessions.title"],
  ["/portal/sessions/999999", "session-missing", "sessions.notFound"],
  ["/portal/shared-sessions/999999", "shared-session-missing", "viewers.overTitle"],
  ["/portal/activity", "activity", "activity.title"],
  ["/portal/account", "account", "account.tabs.profile"],
  ["/portal/account/look", "account-look", "account.tabs.look"],
  ["/portal/account/security", "account-security", "account.tabs.security"],
  ["/portal/account/tokens", "account-tokens", "account.tabs.tokens"],
  ["/portal/account/data", "account-data", "account.tabs.data"],
  ["/portal/help", "help", "help.title"],
  ["/portal/groups", "groups", "groups.title"],
  ["/portal/groups/999999", "group-missing", "groups.notFound"],
  ["/portal/people", "people", "people.title"],
  ["/portal/people/1", "person", null],
  ["/portal/people/999999", "person-missing", "people.notFound"],
  ["/portal/services", "services", "services.title"],
  ["/portal/mails", "mails", "mails.title"],
  ["/portal/operations", "operations", "operations.title"],
  ["/portal/admin", "overview", "overview.title"],
  ["/portal/admin?as=table&days=7", "overview-table", "overview.title"],
  ["/portal/admin/sessions", "all-sessions", "adminSessions.title"],
  ["/portal/audit", "audit", "audit.title"],
] as const;

const signedOut = [
  ["/portal/sign-in", "sign-in", "auth.signIn"],
  ["/portal/register", "register", "auth.registerTitle"],
  ["/portal/forgotten", "forgotten", "auth.forgotTitle"],
  ["/portal/reset#token=x", "reset", "auth.resetTitle"],
  ["/portal/verify#token=x", "verify", "verify.title"],
] as const;

describe.each(looks)("every page ($locale, $scheme, $width)", (look) => {
  test("before sign-in", async () => {
    const portal = await openPortal(browser, stoa.url, look);
    const found: string[] = [];
    for (const [path, name, title] of signedOut) {
      await portal.page.goto(path);
      await portal.page.getByRole("heading", { level: 1, name: portal.t(title) }).waitFor();
      found.push(...(await check(portal, name)));
    }
    expect(found).toEqual([]);
    await portal.close();
  });

  test("signed in", async () => {
    const portal = await openPortal(browser, stoa.url, look);
    await portal.signIn("admin", stoa.adminPassword);
    const found: string[] = [];
    for (const [path, name, title] of signedIn) {
      await portal.page.goto(path);
      const heading = title === null ? {} : { name: portal.t(title) };
      await portal.page.getByRole("heading", { level: 1, ...heading }).waitFor();
      await portal.page
        .getByRole("status", { name: portal.t("common.loading") })
        .first()
        .waitFor({ state: "detached" });
      found.push(...(await check(portal, name)));
    }
    expect(found).toEqual([]);
    await portal.close();
  });
});

async function check(portal: PortalPage, name: string): Promise<string[]> {
  await portal.picture(`page-${name}`);
  const wide = await portal.page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
  return [
    ...(await portal.axe()).map((line) => `${name}: ${line}`),
    ...portal.complaints.map((line) => `${name}: ${line}`),
    ...(wide > 0 ? [`${name}: ${wide} px wider than the screen`] : []),
  ];
}
