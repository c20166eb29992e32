import { chownSync, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openedWithStorage } from "./opened-storage.ts";
import { password, register } from "./people.ts";

const MiB = 2 ** 20;
// Workspaces lie apart: all that counts is what another program, a hub's Jupyter, has put into the directory.
const stoa = openedWithStorage();

const looks = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const;

/** Somebody with storage of their own, full of what lies in it: the directory. */
async function somebody(locale: "en" | "fa") {
  const person = await register(stoa.url, locale);
  await (await stoa.api()).makeStorage(person.username, 16 * MiB);
  const directory = join(stoa.base, person.username);
  const { uid, gid } = statSync(directory);
  mkdirSync(join(directory, "conda/pkgs"), { recursive: true });
  writeFileSync(join(directory, "conda/pkgs/torch.tar"), Buffer.alloc(9 * MiB, 1));
  writeFileSync(join(directory, "conda/readme"), Buffer.alloc(2 * MiB, 1));
  writeFileSync(join(directory, "model.pt"), Buffer.alloc(4 * MiB, 1));
  for (const name of ["conda", "conda/pkgs", "conda/pkgs/torch.tar", "conda/readme", "model.pt"]) {
    chownSync(join(directory, name), uid, gid);
  }
  await stoa.count(person.username, 17 * MiB, 16 * MiB);
  return { ...person, directory };
}

describe.each(looks)("what lies outside workspaces ($locale)", (options) => {
  const size = (n: number) => (options.locale === "en" ? `${n} MiB` : `${n.toLocaleString("fa")} مبی‌بایت`);

  test("is listed and deleted for good by whom it fills, and each look is a new one", async () => {
    const { username, directory } = await somebody(options.locale);
    const portal = await stoa.open(options, username, password);
    const { page, t } = portal;
    const section = page.getByRole("region", { name: t("storage.largest"), exact: true });
    const row = (name: string) =>
      page
        .getByRole("list", { name: t("storage.largest") })
        .getByRole("listitem")
        .filter({ hasText: name });
    const check = async (name: string) => {
      await section.scrollIntoViewIfNeeded();
      await portal.picture(`outside-${name}`);
      expect(await portal.axe("all"), name).toEqual([]);
      expect(portal.complaints, name).toEqual([]);
    };
    await page.goto("/portal/storage");
    await row("torch.tar").getByText(size(9)).waitFor();
    await section.getByText(t("storage.largestApart")).waitFor();
    await row("torch.tar").getByText(t("storage.outside")).waitFor();
    expect(await row("torch.tar").getByRole("link").count()).toBe(0);
    await check("listed");
    await row("torch.tar")
      .getByRole("button", { name: t("trash.erase", { name: "torch.tar" }) })
      .click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(t("storage.outside")).waitFor();
    await check("question");
    await dialog.getByRole("button", { name: t("trash.eraseShort") }).click();
    await section.getByText(t("storage.freed", { size: size(9) })).waitFor();
    await expect.poll(() => row("torch.tar").getByRole("button").count()).toBe(0);
    expect([existsSync(join(directory, "conda/pkgs/torch.tar")), existsSync(join(directory, "model.pt"))]).toEqual([
      false,
      true,
    ]);
    const { rows } = await stoa.database.query("select details from audit_entries where action = 'storage.file.erase'");
    expect(JSON.parse(rows.at(-1)?.details)).toMatchObject({ files: 1, paths: ["conda/pkgs/torch.tar"] });
    // Nothing is kept from one look to the next.
    const asked = page.waitForRequest("**/storage/mine/largest**");
    await section.getByRole("button", { name: t("storage.largestHide"), exact: true }).click();
    await section.getByRole("button", { name: t("storage.largestShow"), exact: true }).click();
    await asked;
    await portal.close();
  });

  test("is told how to be deleted where it can't be looked at", async () => {
    const { username } = await somebody(options.locale);
    const portal = await stoa.open(options, username, password);
    const { page, t } = portal;
    await page.route("**/storage/mine/largest**", async (route) => {
      const answer = await route.fetch();
      const found = (await answer.json()) as object;
      await route.fulfill({ response: answer, json: { ...found, items: [], bytes: 0, storage_read: false } });
    });
    await page.goto("/portal/storage");
    const told = page.getByText(t("storage.largestUnread"));
    await told.scrollIntoViewIfNeeded();
    await page.getByText("sort -rh").waitFor();
    await portal.picture("outside-unread");
    expect(await portal.axe("all")).toEqual([]);
    expect(portal.complaints).toEqual([]);
    await portal.close();
  });
});
