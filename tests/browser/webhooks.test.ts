import type { Page } from "playwright-core";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { answering, createReceiver } from "../../packages/server/src/webhooks/testing-webhooks.ts";
import { openedOwn } from "./opened.ts";
import { password, register } from "./people.ts";
import type { PortalPage } from "./portal-page.ts";

const receiver = await createReceiver();
const stoa = openedOwn({ STOA_WEBHOOK_PRIVATE_TARGETS: receiver.target, STOA_WEBHOOKS_PER_PERSON: "2" });
afterAll(() => receiver.close());
beforeEach(() => {
  receiver.received.length = 0;
  receiver.behave = answering(200);
});

const looks = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const;

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`webhooks-${name}`);
  expect(await portal.axe("all"), name).toEqual([]);
  expect(portal.complaints, name).toEqual([]);
}

/** By the dialog; it ends with the secret, which is copied. @returns the secret */
async function make({ page, t }: PortalPage, name: string, url = receiver.url): Promise<string> {
  await page.getByRole("button", { name: t("webhooks.new") }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(t("webhooks.name"), { exact: true }).fill(name);
  await dialog.getByLabel(t("webhooks.url"), { exact: true }).fill(url);
  await dialog.getByLabel(t("webhooks.whole", { group: t("webhooks.group.session") })).check();
  await dialog.getByRole("button", { name: t("common.create") }).click();
  return secretOf(dialog);
}

async function secretOf(dialog: ReturnType<PortalPage["page"]["getByRole"]>): Promise<string> {
  const secret = dialog.getByText(/^whsec_/);
  await secret.waitFor();
  return (await secret.textContent()) ?? "";
}

/** An endpoint of somebody's, past the dialog. */
async function insert(username: string, name: string): Promise<number> {
  const { rows } = await stoa.database.query(
    `insert into webhook_endpoints (account_id, name, url, types)
     select id, $2, $3, '{session.*,quota.full}' from accounts where username = $1 returning id`,
    [username, name, `${receiver.url}/secret-path`],
  );
  return Number(rows[0].id);
}

/** What is shown once is left without a question only when it was copied. */
async function copyAndLeave({ page, t }: PortalPage): Promise<void> {
  const named = (word: "copy" | "copied") => ({ name: `${t("webhooks.secret")}: ${t(`common.${word}`)}` });
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", named("copy")).press("Enter");
  const copied = dialog.getByRole("button", named("copied"));
  await copied.waitFor();
  expect(await copied.and(page.locator(":focus")).count(), "the keyboard is where it was").toBe(1);
  await page.keyboard.press("Escape");
}

/** The dialog is closed, and the keyboard where it was opened: before, what is pressed may still go to either. */
async function backAt(page: Page, name: string): Promise<void> {
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const verb = page.getByRole("button", { name, exact: true });
  await expect.poll(() => verb.and(page.locator(":focus")).count()).toBe(1);
}

describe.each(looks)("a person ($locale)", (options) => {
  test("makes a webhook, sees its secret once, tests it, and sends again", async () => {
    const { username } = await register(stoa.url, options.locale);
    const portal = await stoa.open(options, username, password);
    const { page, t } = portal;
    await page.goto("/portal/account/webhooks");
    await page.getByText(t("webhooks.empty")).waitFor();
    await page.getByText("createServer").first().waitFor();
    await look(portal, "empty");

    await page.getByRole("button", { name: t("webhooks.new") }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(t("webhooks.name"), { exact: true }).fill("Build server");
    await dialog.getByLabel(t("webhooks.url"), { exact: true }).fill("http://10.1.2.3/in");
    await dialog.getByRole("button", { name: t("common.create") }).click();
    await dialog.getByText(t("webhooks.eventsNeeded")).waitFor();
    await dialog.getByLabel(t("webhooks.event.quota_full"), { exact: true }).check();
    await dialog.getByRole("button", { name: t("common.create") }).click();
    // An address that nobody has allowed: refused with its reason, and what was typed stays.
    await dialog.getByRole("alert").first().waitFor();
    await look(portal, "refused");
    await dialog.getByLabel(t("webhooks.url"), { exact: true }).fill(receiver.url);
    await dialog.getByRole("button", { name: t("common.create") }).click();
    expect(await secretOf(dialog)).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    await look(portal, "secret");
    await dialog
      .getByRole("button", { name: t("common.close") })
      .last()
      .click();
    await dialog.getByText(t("shownOnce.ask")).waitFor();
    await dialog.getByRole("button", { name: t("shownOnce.leave") }).click();
    await dialog.waitFor({ state: "detached" });

    await page.getByRole("link", { name: "Build server" }).click();
    await page.getByRole("heading", { level: 1, name: "Build server" }).waitFor();
    await page.getByRole("button", { name: t("webhooks.ping") }).click();
    await page
      .getByText(/200|۲۰۰/)
      .first()
      .waitFor();
    expect(JSON.parse(receiver.received[0]?.body ?? "{}")).toMatchObject({ type: "ping" });
    const log = page.getByRole("list", { name: t("webhooks.log") });
    await log.getByText(t("webhooks.delivery.delivered")).first().waitFor();
    await look(portal, "pinged");
    await log.getByRole("button", { name: t("webhooks.event.ping") }).click();
    await dialog.getByText(/"type": "ping"/).waitFor();
    await dialog
      .getByText("thanks")
      .or(dialog.getByText(/status 200/))
      .first()
      .waitFor();
    await look(portal, "delivery");
    await dialog.getByRole("button", { name: t("webhooks.sendAgain") }).click();
    await dialog.getByRole("button", { name: t("webhooks.theFirst") }).waitFor();
    await expect.poll(() => receiver.received.length).toBe(2);
    expect(receiver.received[1]?.headers["webhook-id"]).toBe(receiver.received[0]?.headers["webhook-id"]);
    await page.keyboard.press("Escape");

    receiver.behave = answering(500);
    await page.getByRole("button", { name: t("webhooks.ping") }).click();
    await log.getByText(t("webhooks.delivery.failed")).waitFor();
    await look(portal, "failed");
    await page.getByLabel(t("webhooks.stateLabel"), { exact: true }).selectOption("failed");
    await expect.poll(() => log.getByRole("listitem").count()).toBe(1);
    receiver.behave = answering(200);
    // A test is not sent again with the others.
    await stoa.database.query("update webhook_deliveries set type = 'quota.full' where state = 'failed'");
    await page.getByRole("button", { name: t("webhooks.replayFailed") }).click();
    await dialog.getByRole("button", { name: t("webhooks.sendAgain") }).click();
    await expect.poll(() => receiver.received.length).toBe(4);
    await portal.close();
  });

  test("pauses, changes, gives a new secret and deletes, by keyboard alone", async () => {
    const { username } = await register(stoa.url, options.locale);
    const portal = await stoa.open(options, username, password);
    const { page, t } = portal;
    await page.goto("/portal/account/webhooks");
    const first = await make(portal, "Chat");
    await copyAndLeave(portal);
    await backAt(page, t("webhooks.new"));
    await page.getByRole("link", { name: "Chat" }).press("Enter");
    await page.getByRole("button", { name: t("webhooks.pause") }).press("Enter");
    await page.getByText(t("webhooks.pausedText")).waitFor();
    await look(portal, "paused");
    await page.getByRole("button", { name: t("webhooks.goOn") }).press("Enter");
    await page.getByText(t("webhooks.pausedText")).waitFor({ state: "detached" });

    const dialog = page.getByRole("dialog");
    await page.getByRole("button", { name: t("webhooks.rotate") }).press("Enter");
    await dialog.getByText(t("webhooks.rotateText")).waitFor();
    await look(portal, "rotate");
    await dialog.getByRole("button", { name: t("webhooks.rotate") }).press("Enter");
    expect(await secretOf(dialog)).not.toBe(first);
    await copyAndLeave(portal);
    await backAt(page, t("webhooks.rotate"));
    const [before = "", after = ""] = t("webhooks.overlapUntil", { time: "@" }).split("@");
    await page.getByText(before.trim() || after.trim()).waitFor();

    await page.getByRole("button", { name: t("webhooks.change"), exact: true }).press("Enter");
    await dialog.getByLabel(t("webhooks.name"), { exact: true }).fill("Chat room");
    await dialog.getByLabel(t("webhooks.event.operation_failed")).press("Space");
    await dialog.getByRole("button", { name: t("common.save") }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "Chat room" }).waitFor();
    await page.getByRole("complementary").getByText(t("webhooks.event.operation_failed")).waitFor();
    await backAt(page, t("webhooks.change"));

    await page.getByRole("button", { name: t("common.delete"), exact: true }).press("Enter");
    await dialog.getByText(t("webhooks.deleteText")).waitFor();
    await look(portal, "delete");
    await dialog.getByRole("button", { name: t("common.delete") }).press("Enter");
    await page.getByText(t("webhooks.empty")).waitFor();
    await portal.close();
  });

  test("sees why one was switched off, ten thousand deliveries, and the longest name", async () => {
    const { username } = await register(stoa.url, options.locale);
    const id = await insert(username, "W".repeat(100));
    await stoa.database.query(`update webhook_endpoints set disabled_at = now(), disabled_why = 'gone' where id = $1`, [
      id,
    ]);
    await stoa.database.query(
      `insert into webhook_deliveries (endpoint_id, event_id, type, body, state, next_at, finished_at)
       select $1::int, 'evt_' || $1::int || '_' || n, 'session.ready', '{"x":1}',
         case when n % 7 = 0 then 'failed' else 'delivered' end, now(), now()
       from generate_series(1, 10000) as n`,
      [id],
    );
    const portal = await stoa.open(options, username, password);
    const { page, t } = portal;
    await page.goto("/portal/account/webhooks");
    await page.getByText(t("webhooks.why.gone")).waitFor();
    await page.getByRole("img", { name: new RegExp(t("webhooks.delivery.failed")) }).waitFor();
    await look(portal, "switched-off");
    await page.getByRole("link", { name: /^W+$/ }).click();
    const log = page.getByRole("list", { name: t("webhooks.log") });
    await log.getByRole("listitem").first().waitFor();
    await look(portal, "absurd");
    await page.keyboard.press("End");
    await expect.poll(() => log.getByRole("listitem").count()).toBeLessThan(120);
    expect(await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")).toBe(
      true,
    );
    await portal.close();
  });
});

describe.each(looks)("an administrator ($locale)", (options) => {
  test("sees everybody's webhooks by their host, and stops one", async () => {
    const { username } = await register(stoa.url, options.locale);
    await insert(username, `Hook of ${username}`);
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    await page.goto(`/portal/system/webhooks?person=${username}`);
    const row = page.getByRole("listitem").filter({ hasText: `Hook of ${username}` });
    await row.getByText(receiver.target).waitFor();
    await look(portal, "all");
    await row.getByRole("link").click();
    await page.getByRole("heading", { level: 1, name: `Hook of ${username}` }).waitFor();
    expect(await page.getByText("secret-path").count()).toBe(0);
    expect(await page.getByRole("button", { name: t("webhooks.rotate") }).count()).toBe(0);
    await page.getByRole("button", { name: t("webhooks.pause") }).click();
    await page.getByText(t("webhooks.pausedText")).waitFor();
    await look(portal, "of-somebody");
    await page.goto("/portal/system/webhooks?person=nobody-at-all");
    await page.getByText(t("webhooks.noneFits")).waitFor();
    await portal.close();
  });

  test("has a webhook of everybody's events", async () => {
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    await page.goto("/portal/system/webhooks");
    await page.getByRole("button", { name: t("webhooks.new") }).click();
    const dialog = page.getByRole("dialog");
    const name = `Watch ${options.locale}`;
    await dialog.getByLabel(t("webhooks.name"), { exact: true }).fill(name);
    await dialog.getByLabel(t("webhooks.url"), { exact: true }).fill(receiver.url);
    await dialog.getByLabel(t("webhooks.event.session_failed")).check();
    await dialog.getByLabel(t("webhooks.everybody"), { exact: true }).check();
    await look(portal, "new-of-admin");
    await dialog.getByRole("button", { name: t("common.create") }).click();
    await secretOf(dialog);
    const { rows } = await stoa.database.query("select everybody, types from webhook_endpoints where name = $1", [
      name,
    ]);
    expect(rows).toEqual([{ everybody: true, types: ["session.failed"] }]);
    await portal.close();
  });
});
