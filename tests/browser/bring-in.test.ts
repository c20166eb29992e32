import { describe, expect, test } from "vitest";
import { openedShared } from "./opened.ts";
import { register } from "./people.ts";
import type { PortalPage } from "./portal-page.ts";

const stoa = openedShared();

const looks = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const;

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`bring-in-${name}`);
  expect(await portal.axe(), name).toEqual([]);
  expect(portal.complaints, name).toEqual([]);
  const wide = await portal.page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
  expect(wide, `${name}: pixels wider than the screen`).toBeLessThanOrEqual(0);
}

async function choose({ page, t }: PortalPage, content: string | Buffer): Promise<void> {
  const button = page.getByRole("dialog").getByRole("button", {
    name: new RegExp(`^(${t("people.chooseFile")}|${t("people.otherFile")})$`),
  });
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), button.click()]);
  await chooser.setFiles({ name: "course.csv", mimeType: "text/csv", buffer: Buffer.from(content as string) });
}

describe.each(looks)("people of a file ($locale)", (options) => {
  test("are looked through line by line, added by an operation, and told of", async () => {
    const there = await register(stoa.url, options.locale);
    const [ann, ben] = [`ann${there.username}`.slice(0, 20), `ben${there.username}`.slice(0, 20)];
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    const dialog = page.getByRole("dialog");
    await page.goto("/portal/people");
    await page.getByRole("button", { name: t("people.fromFile") }).click();
    const add = dialog.getByRole("button", { name: t("people.addNobody"), exact: true });
    expect(await add.isDisabled()).toBe(true);
    await look(portal, "begin");

    await choose(portal, Buffer.from("username,full_name,email\nj\xf6rg,J\xf6rg,a@example.org\n", "latin1"));
    await dialog.getByRole("alert").getByText(t("people.otherWriting")).waitFor();
    await choose(portal, 'username,full_name,email\n"ann,Ann,ann@example.org\n');
    await dialog.getByRole("alert").waitFor();
    await look(portal, "no-csv");

    await choose(
      portal,
      `username;full_name;email;groups\nNo Name;Ann;${ann}@example.org;\n${ben};Ben;no address;Nowhere\n${there.username};${there.fullName};${there.email};\n`,
    );
    const lines = dialog.getByRole("region", { name: t("people.lines") });
    await lines.getByRole("row").filter({ hasText: "No Name" }).getByText("username").waitFor();
    for (const word of ["no address", "Nowhere", there.username])
      await lines.getByText(word, { exact: true }).waitFor();
    await dialog.getByRole("link", { name: t("people.makeGroups") }).waitFor();
    expect(await add.isDisabled()).toBe(true);
    await look(portal, "wrong");

    const good = `username,full_name,email\n${ann},Ann Sea,${ann}@example.org\n${ben},Ben Sea,${ben}@example.org\n`;
    await choose(portal, good);
    const two = new Intl.NumberFormat(options.locale === "fa" ? "fa-IR" : "en-GB").format(2);
    await dialog.getByText(t("people.goodLines_other", { n: two })).waitFor();
    const read = dialog.getByRole("region", { name: t("people.readLines") });
    for (const cell of [ann, "Ann Sea", `${ben}@example.org`]) await read.getByText(cell, { exact: true }).waitFor();
    await look(portal, "good");
    await dialog.getByRole("button", { name: t("people.addThem_other", { n: two }) }).click();
    await dialog.waitFor({ state: "detached" });
    const result = page.getByRole("region", { name: t("people.importResult") });
    await result.getByText(t("people.added_other", { n: two })).waitFor({ timeout: 20_000 });
    await page.getByText(`${ann}@example.org`).waitFor();
    await look(portal, "added");
    await page.reload();
    await result.getByText(t("people.added_other", { n: two })).waitFor();
    await result.getByRole("button", { name: t("common.close") }).click();
    await result.waitFor({ state: "detached" });
    expect(new URL(page.url()).search).toBe("");

    await page.getByRole("button", { name: t("people.fromFile") }).click();
    await choose(portal, good);
    await dialog.getByText(t("people.noNew")).waitFor();
    expect(await add.isDisabled()).toBe(true);
    await portal.close();
  });

  test("that nobody knows of are said to be unknown, and asked for once", async () => {
    const portal = await stoa.asAdmin(options);
    const { page, t } = portal;
    const asked: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/people/import/")) asked.push(request.url());
    });
    await page.goto("/portal/people?import=01890000-0000-7000-8000-000000000000");
    const result = page.getByRole("region", { name: t("people.importResult") });
    await result.getByRole("alert").waitFor();
    const before = asked.length;
    // Longer than between two looks at one that goes on.
    await page.waitForTimeout(1_600);
    expect(asked).toHaveLength(before);
    await portal.picture("bring-in-unknown");
    await result.getByRole("button", { name: t("common.close") }).click();
    await result.waitFor({ state: "detached" });
    await portal.close();
  });
});
