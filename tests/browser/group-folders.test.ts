import { expect, test } from "vitest";
import { signIn } from "../support/portal-client.ts";
import { apiOf } from "./account-api.ts";
import { openedWithStorage } from "./opened-storage.ts";
import { password, register } from "./people.ts";

const stoa = openedWithStorage({ STORAGE_WORKSPACES: "inside" });

test.each([
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const)("a group's folder is linked into a workspace ($locale)", async (options) => {
  const { locale } = options;
  const person = await register(stoa.url, locale);
  const api = await apiOf(stoa.url, person.username, password);
  const workspace = await api.makeWorkspace("Thesis", {});
  const client = await signIn(stoa.url, person.username, password);
  const admin = await signIn(stoa.url, "admin", stoa.adminPassword);

  const portal = await stoa.open(options, person.username, password);
  const { page, t } = portal;
  const opener = page.getByRole("button", { name: t("storage.folders") });
  await page.goto(`/portal/workspaces/${workspace}`);
  await page.getByRole("button", { name: t("files.newFolder") }).waitFor();
  // Nobody's group has a folder: nothing leads to one.
  expect(await opener.count()).toBe(0);

  const { id: me } = (await client.call("GET", "/api/stoa/v1/auth/session")).json.account;
  for (const name of [`reef-${locale}`, `kelp-${locale}`]) {
    const group = (await admin.call("POST", "/api/stoa/v1/groups", { name })).json.id;
    const added = await admin.call("PUT", `/api/stoa/v1/groups/${group}/members/${me}`, { role: "member" });
    expect(added.status, added.text).toBeLessThan(300);
    const subject = { kind: "group", name, group_id: group };
    const made = await admin.call("POST", "/api/stoa/v1/storage/subjects", subject);
    expect(made.status, made.text).toBe(201);
  }
  await api.makeFolder(workspace, `kelp-${locale}`);
  await page.reload();
  await opener.click();
  const dialog = page.getByRole("dialog");
  const row = (name: string) => dialog.getByRole("listitem").filter({ hasText: name });
  const verb = (name: string) => dialog.getByRole("button", { name: t("storage.folderLinkOf", { name }) });
  await verb(`reef-${locale}`).waitFor();
  await portal.picture("group-folders");
  expect(await portal.axe("all")).toEqual([]);

  await verb(`reef-${locale}`).focus();
  await page.keyboard.press("Enter");
  await row(`reef-${locale}`)
    .getByRole("status")
    .getByText(t("storage.folderLinked", { name: `reef-${locale}` }))
    .waitFor();
  // A folder of that name stays where it is.
  await verb(`kelp-${locale}`).click();
  await row(`kelp-${locale}`).getByRole("alert").waitFor();
  await portal.picture("group-folders-linked");
  expect(await portal.axe("all")).toEqual([]);
  await row(`reef-${locale}`)
    .getByRole("link", { name: t("storage.folderOpen") })
    .click();
  await page.waitForURL(new RegExp(`path=reef-${locale}`));
  await dialog.waitFor({ state: "detached" });
  await page.getByText(t("files.empty")).waitFor();
  expect(portal.complaints).toEqual([]);
  await portal.close();
});
