import { expect, test } from "vitest";
import { openedShared } from "./opened.ts";
import { password, register } from "./people.ts";
import type { PortalPage } from "./portal-page.ts";

const stoa = openedShared();

const looks = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const;

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`groups-${name}`);
  expect(await portal.axe(), name).toEqual([]);
  expect(portal.complaints, name).toEqual([]);
}

test.each(looks)("a group is made, filled, looked after and deleted ($locale)", async (options) => {
  const [ada, bob] = [await register(stoa.url, options.locale), await register(stoa.url, options.locale)];
  const portal = await stoa.asAdmin(options);
  const theirs = await stoa.open(options, ada.username, password);
  const { page, t } = portal;
  const dialog = page.getByRole("dialog");
  const name = `Divers ${ada.username}`;
  try {
    await theirs.page.goto("/portal/groups");
    await theirs.page.getByText(theirs.t("groups.emptyText")).waitFor();
    expect(await theirs.page.getByRole("button", { name: t("groups.new") }).count()).toBe(0);
    await look(theirs, "none");

    await page.goto("/portal/groups");
    await page.getByRole("button", { name: t("groups.new") }).click();
    await dialog.getByLabel(t("groups.name"), { exact: true }).fill(name);
    await dialog.getByLabel(new RegExp(t("groups.description"))).fill("Who dives on Mondays");
    await dialog.getByRole("button", { name: t("common.create") }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await page.getByText("Who dives on Mondays").waitFor();

    await page.getByRole("button", { name: t("groups.add") }).click();
    const find = dialog.getByRole("searchbox", { name: t("sharing.people") });
    const found = dialog.getByRole("list", { name: t("sharing.found") });
    for (const { username, fullName } of [ada, bob]) {
      await find.fill(username);
      await found.getByRole("checkbox", { name: new RegExp(fullName) }).check();
    }
    await look(portal, "add");
    await dialog.getByRole("button", { name: t("groups.add") }).click();
    await dialog.waitFor({ state: "detached" });
    const member = (fullName: string) => page.getByRole("listitem").filter({ hasText: fullName });
    await member(bob.fullName)
      .getByRole("button", { name: t("groups.makeOwner") })
      .click();
    await member(bob.fullName).getByText(t("groups.owner"), { exact: true }).waitFor();
    await look(portal, "members");

    // Those who are in it see it come by itself, and may go.
    const line = theirs.page.getByRole("link", { name });
    await line.waitFor({ timeout: 5_000 });
    await line.click();
    await theirs.page.getByText("Who dives on Mondays").waitFor();
    expect(await theirs.page.getByRole("button", { name: t("groups.edit") }).count()).toBe(0);
    await look(theirs, "member");
    await theirs.page.getByRole("button", { name: t("groups.leave") }).click();
    await theirs.page.getByText(t("groups.emptyText")).waitFor();
    await member(ada.fullName).waitFor({ state: "detached", timeout: 5_000 });

    await page.getByRole("button", { name: t("groups.delete") }).click();
    await dialog.getByText(t("groups.deleteText")).waitFor();
    await dialog.getByRole("button", { name: t("common.delete") }).click();
    await page.getByRole("heading", { level: 1, name: t("groups.title") }).waitFor();
    await page.getByRole("link", { name }).waitFor({ state: "detached" });
  } finally {
    await portal.close();
    await theirs.close();
  }
});

test.each([
  ["everyone", { find_everyone: true, find_nobody: false }, "sharing.foundEveryone"],
  ["the same groups", { find_everyone: false, find_nobody: false }, "sharing.foundSameGroups"],
  ["nobody", { find_everyone: false, find_nobody: true }, "sharing.foundNobody"],
] as const)("who finds nobody is told whom one finds: %s", async (_whom, features, words) => {
  const { username } = await register(stoa.url, "fa");
  const portal = await stoa.open({ locale: "fa", width: 390 });
  const { page, t } = portal;
  await page.route("**/auth/session", async (route) => {
    const answer = await route.fetch();
    const session = (await answer.json()) as { features: object };
    await route.fulfill({ response: answer, json: { ...session, features: { ...session.features, ...features } } });
  });
  await portal.signIn(username, password);
  await page.goto("/portal/workspaces");
  await page
    .getByRole("button", { name: t("workspaces.new"), exact: true })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(t("workspaces.name"), { exact: true }).fill("مال من");
  await dialog.getByRole("button", { name: t("common.create") }).click();
  await page.getByRole("button", { name: t("sharing.share"), exact: true }).click();
  await dialog.getByRole("searchbox", { name: t("sharing.people") }).fill("nobody-of-this-name");
  const told = dialog.getByRole("status").filter({ hasText: t("sharing.nobodyFound") });
  await told.getByText(t(words)).waitFor();
  await look(portal, "nobody-found");
  await portal.close();
});
