import { expect, test } from "vitest";
import { apiOf } from "./account-api.ts";
import { openedShared } from "./opened.ts";
import { password, register } from "./people.ts";

const opened = openedShared();

test("what is being undone stays beside what is deleted meanwhile, and takes nothing with it when it is done", async () => {
  const { username } = await register(opened.url, "en");
  const api = await apiOf(opened.url, username, password);
  const id = await api.makeWorkspace(`Undo ${username}`, { "first.txt": "1\n", "second.txt": "2\n" });
  const { page, t, complaints, close, axe, picture } = await opened.open({ locale: "en" }, username, password);
  // The way back takes its time, and does not lead back the first time.
  const { promise: letGo, resolve: goOn } = Promise.withResolvers<void>();
  let asked = 0;
  await page.route(/\/trash\/\d+\/restore$/, async (route) => {
    asked += 1;
    if (asked > 1) return route.fallback();
    await letGo;
    return route.fulfill({
      status: 503,
      contentType: "application/json",
      json: { error: { code: "unavailable", message: "It is away just now.", request_id: "r" } },
    });
  });
  const remove = async (name: string) => {
    await page.getByRole("link", { name, exact: true }).focus();
    await page.keyboard.press("Delete");
  };
  const bars = page.getByRole("region", { name: t("undo.region") });
  const undo = bars.getByRole("button", { name: t("undo.undo") });

  await page.goto(`/portal/workspaces/${id}`);
  await remove("first.txt");
  await undo.click();
  await expect.poll(() => asked).toBe(1);
  await remove("second.txt");
  // It stays as long as the pointer rests on it.
  await bars.getByText("second.txt").hover();
  expect(await bars.getByRole("button").count()).toBe(2);
  expect(await bars.getByText("first.txt").count(), "it is still under way").toBe(1);
  await picture("undo-two");
  expect(await axe()).toEqual([]);
  goOn();
  await expect
    .poll(() => bars.innerText(), { message: "what it was, and why it is not back" })
    .toMatch(/first\.txt[\s\S]+not available now[\s\S]+second\.txt/);
  await expect.poll(() => undo.first().isEnabled(), { message: "it can be tried again" }).toBe(true);
  await picture("undo-failed");

  await undo.first().click();
  await page.getByRole("link", { name: "first.txt", exact: true }).waitFor();
  await expect.poll(() => undo.count()).toBe(1);
  await bars.getByText("second.txt").waitFor();
  await undo.click();
  await page.getByRole("link", { name: "second.txt", exact: true }).waitFor();
  await undo.waitFor({ state: "detached" });
  expect(complaints.filter((line) => !line.includes("503"))).toEqual([]);
  await close();
});
