import type { Page } from "playwright-core";
import type { PortalPage } from "../portal-page.ts";
import type { Pictured } from "./pages.ts";

const hour = 3_600_000;
const name = (period: string, at: number) =>
  `stoa-${period}-${new Date(at).toISOString().slice(0, 13).replaceAll("-", "")}`;

/** As a machine that makes them by the hour, by the day and by the week has them, newest first. */
function moments(now: number) {
  const of = (period: "hourly" | "daily" | "weekly", count: number, hours: number) =>
    Array.from({ length: count }, (_, back) => {
      const at = Math.floor(now / hour) * hour - (back * hours + 1) * hour;
      return { name: name(period, at), created_at: new Date(at).toISOString(), period };
    });
  const all = [...of("hourly", 30, 1), ...of("daily", 14, 24), ...of("weekly", 6, 168)];
  return all.sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
}

const modified_at = new Date(Date.now() - 30 * hour).toISOString();
const entry = (path: string, type: "file" | "folder", now: "same" | "changed" | "gone", size = 0) => ({
  ...{ name: path, path, type, size, modified_at, openable: true, now },
});
const files = [
  entry("figures", "folder", "changed"),
  entry("raw", "folder", "same"),
  entry("calibration of the second camera, first try.csv", "file", "gone", 48_213),
  entry("notes.md", "file", "changed", 2_210),
  entry("transects.csv", "file", "same", 184_002),
];

/** Few machines have a storage that makes snapshots: its answers, as the server would give them. */
async function answer(page: Page): Promise<void> {
  await page.route(/\/api\/stoa\/v1\/workspaces\/\d+\/snapshots(\/|$)/, async (route) => {
    const isList = route.request().url().endsWith("/snapshots");
    const json = isList
      ? { items: moments(Date.now()), possible: true, why_not: null }
      : { path: "", items: files, next_cursor: null };
    await route.fulfill({ json });
  });
}

/** A workspace as it was. */
export const lookBack: Pictured = {
  name: "workspace-past",
  route: "/workspaces/$workspaceId",
  viewer: "person",
  address: ({ workspace }) => `/workspaces/${workspace}?at=${moments(Date.now())[3]?.name}`,
  async open({ page }: PortalPage) {
    await answer(page);
    await page.reload();
    await page.getByRole("option", { selected: true }).waitFor({ timeout: 10_000 });
    await page.locator("[data-row='notes.md']").waitFor({ timeout: 10_000 });
  },
};
