import { expect, test } from "vitest";
import { openedShared } from "./opened.ts";
import { register } from "./people.ts";

const stoa = openedShared();
const looks = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const;

const nothing = { place: "inside", why_not: "nothing_apart", workspaces: 0, in_trash: 0, sessions: 0, bytes: 0 };
const apart = { ...nothing, place: "apart", why_not: null, workspaces: 3, in_trash: 2, bytes: 5 * 2 ** 30 };
const aside = { bytes: 5 * 2 ** 30, files: 1_200, moved_at: "2026-11-20T10:00:00Z", ends_at: "2026-12-20T10:00:00Z" };

const done = {
  id: "01990000-0000-7000-8000-000000000001",
  kind: "storage.move_in",
  subject: { kind: "storage", id: "1" },
  actor: { account_id: 1, label: "admin" },
  ...{ state: "succeeded", progress: 100, message: null, result: { files: 1_200 }, error: null, attempt: 1 },
  ...{
    cancel_requested: false,
    can_cancel: false,
    can_retry: false,
    cannot_cancel: "ended",
    looked_at: null,
    attempts: 3,
    history: [],
  },
  created_at: "2026-11-20T09:00:00Z",
  started_at: "2026-11-20T09:00:00Z",
  finished_at: "2026-11-20T10:00:00Z",
};

// Whose workspaces lie where is a matter of settings and of years: its answers, as the server would give them.
test.each(looks)("has somebody's workspaces moved in, and the old folders removed ($locale)", async (options) => {
  const owner = await register(stoa.url, options.locale);
  const portal = await stoa.asAdmin(options);
  const { page, t } = portal;
  const look = async (name: string) => {
    await portal.picture(`move-in-${name}`);
    expect(await portal.axe("all"), name).toEqual([]);
    expect(portal.complaints, name).toEqual([]);
  };
  let answer: object = { ...apart, why_not: "sessions", sessions: 1, operation_id: null, aside: null };
  const asked: string[] = [];
  await page.route("**/api/stoa/v1/storage/subjects/*/move-in**", async (route) => {
    const method = route.request().method();
    if (method === "GET") return await route.fulfill({ json: answer });
    asked.push(method);
    if (method === "POST") answer = { ...nothing, operation_id: null, aside };
    else answer = { ...nothing, operation_id: null, aside: { ...aside, ends_at: null } };
    return await route.fulfill({ status: 202, json: { operation_id: done.id } });
  });
  await page.route(`**/api/stoa/v1/operations/${done.id}**`, (route) =>
    route.fulfill({ json: route.request().url().includes("history") ? { items: [] } : done }),
  );
  const dialog = page.getByRole("dialog");
  await page.goto("/portal/admin/storage");
  await page.getByRole("button", { name: t("adminStorage.new") }).click();
  await dialog.getByRole("combobox", { name: new RegExp(t("adminStorage.owner")) }).fill(owner.username);
  await page.getByRole("option", { name: new RegExp(owner.username) }).click();
  await dialog.getByLabel(t("adminStorage.name")).fill(`moved-${options.locale}`);
  await dialog.getByLabel(t("storage.quota"), { exact: true }).fill("10 GiB");
  await dialog.getByRole("button", { name: t("common.create") }).click();

  const move = page.getByRole("button", { name: t("adminStorage.moveIn") });
  await page.getByText(t("adminStorage.moveInSessions_one")).waitFor();
  expect(await move.isDisabled()).toBe(true);
  await look("sessions");

  answer = { ...apart, operation_id: null, aside: null };
  await page.reload();
  await move.click();
  await dialog.getByText(t("adminStorage.moveInText")).waitFor();
  await look("asked");
  await dialog.getByRole("button", { name: t("adminStorage.moveIn") }).click();

  const purge = page.getByRole("button", { name: t("adminStorage.asidePurge") });
  await purge.click();
  await dialog.getByText(t("adminStorage.asideText")).waitFor();
  await look("aside");
  await dialog.getByRole("button", { name: t("adminStorage.asidePurge") }).click();
  await dialog.waitFor({ state: "detached" });
  await purge.waitFor({ state: "detached" });
  expect(asked).toEqual(["POST", "DELETE"]);
  await portal.close();
});

test.each(looks)("has the workspaces of many moved in, and says whose can't be and why ($locale)", async (options) => {
  const portal = await stoa.asAdmin(options);
  const { page, t } = portal;
  const check = async (name: string) => {
    await portal.picture(`move-many-${name}`);
    expect(await portal.axe("all"), name).toEqual([]);
    expect(portal.complaints, name).toEqual([]);
  };
  const names = ["busy", "ready", "short"].map((name) => `${name}-${options.locale}`);
  const dialog = page.getByRole("dialog");
  for (const name of names) {
    await page.goto("/portal/admin/storage");
    await page.getByRole("button", { name: t("adminStorage.new") }).click();
    await dialog.getByLabel(t("adminStorage.name")).fill(name);
    await dialog.getByLabel(t("storage.quota"), { exact: true }).fill("10 GiB");
    await dialog.getByRole("button", { name: t("common.create") }).click();
    await dialog.waitFor({ state: "detached" });
  }
  const asked: number[][] = [];
  const idsOf = (request: { postDataJSON(): unknown }) => (request.postDataJSON() as { ids: number[] }).ids;
  const look = { workspaces: 3, in_trash: 2, bytes: 5 * 2 ** 30 };
  await page.route("**/api/stoa/v1/storage/subjects/*/move-in", (route) =>
    route.fulfill({ json: { ...apart, operation_id: null, aside: null } }),
  );
  await page.route("**/api/stoa/v1/storage/move-ins/look", async (route) => {
    const ids = idsOf(route.request()).toSorted((a, b) => a - b);
    const items = ids.map((id, at) => ({
      ...{ id, ...look },
      ...(at === 0 ? { why_not: "sessions", sessions: 2 } : { why_not: null, sessions: 0 }),
    }));
    await route.fulfill({ json: { items } });
  });
  await page.route("**/api/stoa/v1/storage/move-ins", async (route) => {
    const ids = idsOf(route.request());
    asked.push(ids);
    await route.fulfill({ json: { items: ids.map((id) => ({ id, operation_id: `op-${id}`, problem: null })) } });
  });
  let hasEnded = false;
  await page.route("**/api/stoa/v1/operations/op-*", async (route) => {
    const id = route.request().url().split("/").at(-1) ?? "";
    const isFirst = id === `op-${Math.min(...(asked[0] ?? []))}`;
    const failed = {
      state: "failed",
      result: null,
      error: { code: "disk_full", message: "12 GiB have no room in 10 GiB" },
    };
    const now = isFirst ? done : hasEnded ? { ...done, ...failed } : { ...done, state: "queued", finished_at: null };
    await route.fulfill({ json: { ...now, id } });
  });
  await page.goto(`/portal/admin/storage?search=-${options.locale}`);
  for (const name of names) {
    await page.getByRole("checkbox", { name: t("adminStorage.choose", { name }), exact: true }).check();
  }
  await page.getByRole("button", { name: t("adminStorage.moveMany") }).click();
  await dialog.getByText(t("adminStorage.moveInSessions_other").replace("{{count, number}}", "").trim()).waitFor();
  await dialog.getByRole("link", { name: names[0] ?? "" }).waitFor();
  await check("asked");
  await dialog.getByRole("button", { name: t("adminStorage.moveMany") }).click();
  await dialog.waitFor({ state: "detached" });
  const result = page.getByRole("region", { name: t("adminStorage.moveManyResult") });
  await result.getByRole("progressbar").waitFor();
  await check("going");
  hasEnded = true;
  await result.getByText("12 GiB have no room in 10 GiB").waitFor();
  await result.getByRole("link", { name: names[2] ?? "" }).waitFor();
  await check("ended");
  expect(asked.map((ids) => ids.length)).toEqual([2]);
  await result.getByRole("button", { name: t("common.close") }).click();
  await result.waitFor({ state: "detached" });
  await portal.close();
});
