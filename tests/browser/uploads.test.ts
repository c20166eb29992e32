import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Account, apiOf } from "./account-api.ts";
import { dropFromDisk } from "./dropped.ts";
import { openBrowser, openPortal, type PageOptions, type PortalPage } from "./portal-page.ts";
import { type RunningStoa, runningStoa } from "./running-stoa.ts";

let browser: Browser;
let stoa: RunningStoa;
let admin: Account;
const disk = mkdtempSync(join(tmpdir(), "stoa-desktop-"));

beforeAll(async () => {
  stoa = await runningStoa();
  browser = await openBrowser();
  admin = await apiOf(stoa.url, "admin", stoa.adminPassword);
});
afterAll(async () => {
  await browser?.close();
  await stoa?.stop();
  rmSync(disk, { recursive: true, force: true });
});

async function atWorkspace(options: PageOptions, work: (portal: PortalPage, id: number) => Promise<void>) {
  const id = await admin.makeWorkspace(`${options.locale === "fa" ? "بارگذاری" : "Uploads"} ${Date.now()}`, {});
  const portal = await openPortal(browser, stoa.url, options);
  try {
    await portal.signIn("admin", stoa.adminPassword);
    await portal.page.goto(`/portal/workspaces/${id}`);
    await portal.page.getByText(portal.t("files.empty")).waitFor();
    await work(portal, id);
    expect(portal.complaints).toEqual([]);
  } finally {
    await portal.close();
  }
}

const rowOf = (page: Page, name: string) => page.getByRole("link", { name, exact: true });

/** A folder as on a desktop: many small files, some deep down, a large one, and an empty folder. */
function folderOnDisk(name: string, content: string): string {
  const folder = join(disk, `${Date.now()}`, name);
  mkdirSync(join(folder, "زیر", "deep"), { recursive: true });
  mkdirSync(join(folder, "empty"));
  for (let at = 0; at < 60; at++) writeFileSync(join(folder, at % 2 ? "زیر/deep" : ".", `f${at}.txt`), content);
  writeFileSync(join(folder, "large.bin"), Buffer.alloc(3_000_000, content));
  return folder;
}

test.each([
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const)("a dropped folder comes up together, and is asked about once ($locale)", async (options) => {
  await atWorkspace(options, async (portal, id) => {
    const { page, t } = portal;
    const sent: string[] = [];
    page.on("request", (request) => {
      const path = new URL(request.url()).pathname;
      if (["PUT", "POST"].includes(request.method()) && path.includes(`/workspaces/${id}/`)) {
        sent.push(path.split("/").at(-1) ?? "");
      }
    });
    await dropFromDisk(page, [folderOnDisk("data", "first")]);
    await rowOf(page, "data").waitFor();
    await page.getByText(t("uploads.ended_other"), { exact: true }).waitFor();
    // The small ones in one request, the large one resumable, the empty folder by its name.
    expect(sent.toSorted()).toEqual(["batch", "folder", "uploads"]);
    expect(await admin.read(id, "data/زیر/deep/f59.txt")).toBe("first");
    expect(await admin.sizeOf(id, "data/large.bin")).toBe(3_000_000);

    const again = folderOnDisk("data", "second");
    writeFileSync(join(again, "new.txt"), "new");
    await dropFromDisk(page, [again]);
    await page.getByLabel(t("uploads.forAll")).waitFor();
    // What is in nobody's way does not wait for the answer.
    await expect.poll(() => admin.read(id, "data/new.txt").catch(() => "")).toBe("new");
    await portal.picture("uploads-folder-taken");
    expect(await portal.axe()).toEqual([]);
    await page.getByLabel(t("uploads.forAll")).check();
    await page.getByRole("button", { name: t("uploads.replace"), exact: true }).click();
    await expect.poll(() => admin.read(id, "data/زیر/deep/f59.txt"), { timeout: 20_000 }).toBe("second");
    await page.getByText(t("uploads.ended_other"), { exact: true }).waitFor();
    expect(await admin.read(id, "data/f58.txt")).toBe("second");
    expect(sent.filter((one) => one === "batch").length).toBeLessThanOrEqual(4);
  });
});

test("a large upload goes on after the page is loaded anew", async () => {
  await atWorkspace({ locale: "fa" }, async (portal, id) => {
    const { page, t } = portal;
    page.on("dialog", (dialog) => void dialog.accept());
    const file = join(disk, "large.bin");
    const bytes = 24_000_000;
    writeFileSync(file, Buffer.alloc(bytes, "x"));
    const choose = async () => {
      const [chooser] = await Promise.all([
        page.waitForEvent("filechooser"),
        page.getByRole("button", { name: t("files.upload"), exact: true }).click(),
      ]);
      await chooser.setFiles(file);
    };
    const network = await page.context().newCDPSession(page);
    const slow = (uploadThroughput: number) =>
      network.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput,
      });
    await network.send("Network.enable");
    await slow(6_000_000);
    await choose();
    const bar = page.getByRole("progressbar", { name: "large.bin" });
    await expect
      .poll(async () => Number(await bar.getAttribute("aria-valuenow")), { timeout: 20_000 })
      .toBeGreaterThan(30);
    await page.reload();
    await page.getByText(t("uploads.interrupted_one", { names: "large.bin" })).waitFor();
    await portal.picture("uploads-interrupted");
    expect(await portal.axe()).toEqual([]);
    await slow(-1);
    const offsets: number[] = [];
    page.on("request", (request) => {
      if (request.method() === "PATCH") offsets.push(Number(request.headers()["upload-offset"]));
    });
    await choose();
    await rowOf(page, "large.bin").waitFor({ timeout: 30_000 });
    expect(offsets[0]).toBeGreaterThan(1_000_000);
    expect(await admin.sizeOf(id, "large.bin")).toBe(bytes);
    await page.getByText(t("uploads.interrupted_one", { names: "large.bin" })).waitFor({ state: "detached" });
  });
});
