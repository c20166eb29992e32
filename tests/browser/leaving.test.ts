import { describe, expect, test } from "vitest";
import { openedOwn } from "./opened.ts";
import { password, type Registered, register } from "./people.ts";
import type { PageOptions, PortalPage } from "./portal-page.ts";

const stoa = openedOwn();

const looks: readonly PageOptions[] = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
];

/** Leaves in every way that there is; each is asked about, and the secret stays. */
async function staysUntilCopied({ page, t, ...portal }: PortalPage, label: string, name: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  const secret = await dialog.locator("code").innerText();
  const [cross, close] = [
    dialog.getByRole("button", { name: t("common.close") }).first(),
    dialog.getByRole("button", { name: t("common.close") }).last(),
  ];
  for (const leave of [() => page.keyboard.press("Escape"), () => cross.click(), () => close.click()]) {
    await leave();
    await dialog.getByRole("alert").getByText(t("shownOnce.ask")).waitFor();
    expect(await dialog.locator("code").innerText()).toBe(secret);
    await portal.picture(`leaving-${name}`);
    // A second Escape is no answer.
    await page.keyboard.press("Escape");
    await dialog.getByRole("button", { name: t("shownOnce.stay") }).click();
    await dialog.getByRole("alert").waitFor({ state: "detached" });
  }
  expect(await portal.axe()).toEqual([]);
  await dialog.getByRole("button", { name: `${label}: ${t("common.copy")}` }).click();
  await dialog.getByRole("button", { name: `${label}: ${t("common.copied")}` }).waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
}

describe.each(looks)("what is shown once ($locale)", (look) => {
  test("is not lost by leaving: a token, a service's key, a first link", async () => {
    const portal = await stoa.asAdmin(look);
    const { page, t } = portal;
    const dialog = page.getByRole("dialog");
    const make = () => dialog.getByRole("button", { name: t("common.create") }).click();
    const unique = `${look.locale}${Date.now().toString(36)}`;

    await page.goto("/portal/account/tokens");
    await page.getByRole("button", { name: t("tokens.new") }).click();
    await dialog.getByLabel(t("tokens.label")).fill("script");
    await dialog.getByLabel(t("tokens.everything")).check();
    await dialog.getByLabel(t("tokens.expiry")).selectOption("own");
    const days = dialog.getByLabel(t("validFor.days"));
    await days.fill("400");
    await make();
    await expect.poll(() => days.evaluate((field) => field.matches(":invalid"))).toBe(true);
    // In the reader's digits, with the day in the reader's calendar.
    await days.fill(look.locale === "fa" ? "۲۰" : "20");
    const until = new Date(Date.now() + 20 * 86_400_000);
    const calendar = look.locale === "fa" ? "fa-IR-u-ca-persian" : "en-GB";
    await dialog.getByText(new Intl.DateTimeFormat(calendar, { dateStyle: "medium" }).format(until)).waitFor();
    await portal.picture("leaving-own-days");
    await make();
    await staysUntilCopied(portal, t("tokens.secret"), "token");
    const { rows } = await stoa.database.query(
      "select round(extract(epoch from expiry_at - created_at) / 86400)::int as days from personal_tokens order by created_at desc limit 1",
    );
    expect(rows).toEqual([{ days: 20 }]);

    await page.goto("/portal/services");
    await page.getByRole("button", { name: t("services.new") }).click();
    await dialog.getByLabel(t("services.name"), { exact: true }).fill(`svc${unique}`);
    await dialog.getByLabel(t("services.description"), { exact: true }).fill("Brings people");
    await make();
    await dialog.waitFor({ state: "detached" });
    const service = page.getByRole("listitem").filter({ hasText: `svc${unique}` });
    await service.getByRole("button", { name: t("services.tokens"), exact: true }).click();
    await service.getByRole("button", { name: t("services.newToken") }).click();
    await dialog.getByLabel(t("tokens.label")).fill("at night");
    await make();
    await staysUntilCopied(portal, t("tokens.secret"), "client-token");

    await page.goto("/portal/people");
    await page.getByRole("button", { name: t("people.new") }).click();
    await dialog.getByLabel(t("auth.fullName")).fill("Mina");
    await dialog.getByLabel(t("auth.username"), { exact: true }).fill(`mina${unique}`.slice(0, 20));
    await dialog.getByLabel(t("auth.email")).fill(`mina${unique}@example.org`);
    await make();
    await staysUntilCopied(portal, t("people.firstSignInLink"), "first-link");
    expect(portal.complaints).toEqual([]);
    await portal.close();
  });
});

describe("what was typed", () => {
  /** Something typed into a new workspace's form, which is left open. */
  async function typing(who: Registered, text: string): Promise<PortalPage> {
    const portal = await stoa.open({ locale: "en" }, who.username, password);
    await newWorkspace(portal);
    await nameField(portal).fill(text);
    return portal;
  }
  async function newWorkspace({ page, t }: PortalPage): Promise<void> {
    await page.goto("/portal/workspaces");
    await page
      .getByRole("button", { name: t("workspaces.new"), exact: true })
      .first()
      .click();
  }
  const nameField = ({ page, t }: PortalPage) =>
    page.getByRole("dialog").getByLabel(t("workspaces.name"), { exact: true });
  async function signInHere({ page, t }: PortalPage, { username }: Registered): Promise<void> {
    await page.getByLabel(t("auth.usernameOrEmail")).fill(username);
    await page.getByLabel(t("auth.password"), { exact: true }).fill(password);
    await page.getByRole("button", { name: t("auth.signIn") }).click();
    await page.getByRole("navigation", { name: t("frame.navigation") }).waitFor();
  }
  /** A server believes for some seconds what it has read of a sign-in. */
  const untilSignIn = ({ page }: PortalPage) =>
    expect
      .poll(
        async () => {
          await page.goto("/portal/workspaces");
          await page.getByRole("heading", { level: 1 }).waitFor();
          return page.url();
        },
        { timeout: 30_000, interval: 1_000 },
      )
      .toContain("/sign-in");
  /** In the database, as time or somebody elsewhere does it. */
  const end = (how: string, { username }: Registered) =>
    stoa.database.query(`${how} where account_id = (select id from accounts where username = $1)`, [username]);
  const runOut = (who: Registered) =>
    end("update web_sessions set absolute_expires_at = now() - interval '1 minute'", who);

  test("waits for the same person after a sign-in ran out, and for nobody else", async () => {
    const [ada, bob] = [await register(stoa.url, "en"), await register(stoa.url, "en")];
    const portal = await typing(ada, "Reef survey");
    await runOut(ada);
    await untilSignIn(portal);
    await signInHere(portal, ada);
    await newWorkspace(portal);
    expect(await nameField(portal).inputValue()).toBe("Reef survey");

    await runOut(ada);
    await untilSignIn(portal);
    await signInHere(portal, bob);
    const kept = () => Object.keys(sessionStorage).filter((key) => key.startsWith("stoa.draft."));
    expect(await portal.page.evaluate(kept)).toEqual([]);
    await newWorkspace(portal);
    expect(await nameField(portal).inputValue()).toBe("");
    expect(portal.complaints).toEqual([]);
    await portal.close();
  });

  test("goes with a sign-in that was ended from elsewhere, and with signing out", async () => {
    const ada = await register(stoa.url, "en");
    const portal = await typing(ada, "Reef survey");
    await end("delete from web_sessions", ada);
    await untilSignIn(portal);
    await signInHere(portal, ada);
    await newWorkspace(portal);
    expect(await nameField(portal).inputValue()).toBe("");
    await nameField(portal).fill("Again");
    await portal.page.keyboard.press("Escape");
    await portal.page.getByRole("button", { name: portal.t("frame.signOut") }).click();
    await portal.page.waitForURL("**/sign-in**");
    await signInHere(portal, ada);
    await newWorkspace(portal);
    expect(await nameField(portal).inputValue()).toBe("");
    await portal.close();
  });
});

test("acting as somebody shows their look, and leaves none of it to the administrator", async () => {
  const person = await register(stoa.url, "fa");
  await stoa.database.query(
    `with p as (update accounts set locale = 'fa' where username = $1 returning id)
     insert into account_display (account_id, calendar, digits, color_scheme) select id, 'persian', 'persian', 'dark' from p`,
    [person.username],
  );
  const { rows } = await stoa.database.query("select id from accounts where username = $1", [person.username]);
  const portal = await stoa.asAdmin({ locale: "en", scheme: "light" });
  const { page, t } = portal;
  const html = () =>
    page.evaluate<(string | null | undefined)[]>(`[
      document.documentElement.lang,
      document.documentElement.dataset.mantineColorScheme,
      localStorage.getItem("stoa.scheme"),
      localStorage.getItem("stoa.digits"),
    ]`);
  const before = await html();
  expect(before.slice(0, 2)).toEqual(["en", "light"]);
  const act = async () => {
    await page.goto(`/portal/people/${rows[0].id}`);
    await page.getByRole("button", { name: t("acting.verb") }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(t("acting.reason")).fill("Nothing starts");
    await dialog.getByLabel(t("acting.ownPassword"), { exact: true }).fill(stoa.adminPassword);
    await dialog.getByRole("button", { name: t("acting.begin") }).click();
    await expect.poll(async () => (await html()).slice(0, 2)).toEqual(["fa", "dark"]);
    await portal.picture("leaving-acting");
  };
  await act();
  await page.getByRole("button", { name: "پایان", exact: true }).click();
  await page.waitForURL(/\/portal\/people\/\d+$/);
  await page.getByRole("heading", { level: 1, name: person.fullName }).waitFor();
  expect(await html()).toEqual(before);

  await act();
  await stoa.database.query("update impersonations set ends_at = now() where ended_at is null");
  await stoa.database.query("update web_sessions set absolute_expires_at = now() where impersonation_id is not null");
  await page.goto("/portal/workspaces");
  await page.getByText(t("acting.over")).waitFor();
  expect(await html()).toEqual(before);
  await portal.picture("leaving-acting-over");
  await page.getByRole("button", { name: t("acting.back") }).click();
  await page.getByRole("heading", { level: 1, name: t("people.title") }).waitFor();
  expect(await html()).toEqual(before);
  const { rows: own } = await stoa.database.query(
    "select 1 from account_display d join accounts a on a.id = d.account_id where a.username = 'admin' and d.color_scheme <> 'auto'",
  );
  expect(own).toEqual([]);
  await portal.close();
});
