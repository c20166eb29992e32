import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiOf } from "../../browser/account-api.ts";
import { password, type Registered, register } from "../../browser/people.ts";
import { openPortal, openWholeBrowser, type PageOptions, type PortalPage } from "../../browser/portal-page.ts";
import { type PortalClient, signIn } from "../../support/portal-client.ts";
import { discard, type StoaProcess, startStoa } from "../../support/stoa-process.ts";
import { hasZfsFuse, startZfsFuse, type ZfsFuse } from "./zfs-fuse.ts";
import { MIB } from "./zfs-ground.ts";

const QUOTA = 24 * MIB;
const mine = "/api/stoa/v1/storage/mine";
const run = promisify(execFile);

/** The way out of a full storage, by hand, where the kernel really refuses: on zfs-fuse, which takes root. */
describe.skipIf(!hasZfsFuse())("a full storage on zfs-fuse, in the browser", () => {
  let fuse: ZfsFuse;
  let base: string;
  let stoa: StoaProcess;
  let browser: Browser;
  let person: Registered;
  let client: PortalClient;
  let workspace: number;
  let folder: string;

  beforeAll(async () => {
    fuse = await startZfsFuse();
    base = `${fuse.pool}/home`;
    await fuse.zfs("create", "-o", `mountpoint=${join(fuse.directory, "home")}`, base);
    stoa = await startStoa({
      env: {
        ...{ STORAGE_BACKEND: "zfs", STORAGE_BASE_PATH: base },
        ...{ STORAGE_WORKSPACES: "inside", STORAGE_OWNERSHIP: "account" },
      },
    });
    person = await register(stoa.url, "en");
    const api = await apiOf(stoa.url, person.username, password);
    workspace = await api.makeWorkspace("Thesis", { "notes.md": "kept" });
    folder = join(fuse.directory, "home", person.username, "workspaces", String(workspace));
    client = await signIn(stoa.url, person.username, password);
    const admin = await signIn(stoa.url, "admin", stoa.adminPassword);
    const { id } = (await own()).own;
    const set = await admin.call("PUT", `/api/stoa/v1/storage/subjects/${id}/quota`, { quota: QUOTA });
    expect(set.status, set.text).toBe(200);
    browser = await openWholeBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    if (stoa !== undefined) await discard(stoa);
    await fuse?.[Symbol.asyncDispose]();
  });

  const own = async () => (await client.call("GET", mine)).json;

  /** A program of theirs writes; what it says. */
  async function write(name: string, bytes: number): Promise<string> {
    const { uid, gid } = await stat(folder);
    const to = [`of=${join(folder, name)}`, "bs=64K", `count=${Math.ceil(bytes / 65_536)}`, "conv=fsync"];
    const as = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
    return run("setpriv", [...as, "dd", "if=/dev/urandom", ...to], {
      env: { LC_ALL: "C", PATH: process.env.PATH },
    }).then(
      () => "",
      (error: { stderr: string }) => error.stderr,
    );
  }

  /** What was written is counted once its transaction group is on the disk, up to 30 s later: any change hurries it. */
  async function untilLevel(levels: readonly string[]): Promise<void> {
    for (const end = Date.now() + 60_000; ; await sleep(500)) {
      await fuse.zfs("set", `stoa:hurry=${Date.now()}`, base);
      await client.call("POST", `${mine}/recount`, {});
      const seen = await own();
      if (levels.includes(seen.level)) return;
      if (Date.now() > end) throw new Error(`not ${levels}: ${JSON.stringify(seen)}`);
    }
  }

  async function open(options: PageOptions): Promise<PortalPage> {
    const portal = await openPortal(browser, stoa.url, options);
    await portal.signIn(person.username, password);
    await portal.page.goto("/portal/storage");
    await portal.page.getByRole("list", { name: portal.t("storage.largest") }).waitFor();
    return portal;
  }

  async function look(portal: PortalPage, name: string): Promise<void> {
    await portal.picture(`rescue-zfs-${name}`);
    expect(await portal.axe("all"), name).toEqual([]);
    expect(portal.complaints, name).toEqual([]);
  }

  it("is raised once, emptied of its largest file for good, and written to again", async () => {
    expect(await write("results.csv", 2 * MIB)).toBe("");
    expect(await write("reef-scans.bin", 2 * QUOTA)).toContain("Disk quota exceeded");
    expect(await write("one-more.bin", MIB)).toContain("Disk quota exceeded");
    await untilLevel(["full", "over"]);

    const fa = await open({ locale: "fa", scheme: "dark", width: 390 });
    await fa.page.getByText(fa.t("storage.raiseFirst")).waitFor();
    await look(fa, "full");
    await fa.close();

    const portal = await open({ locale: "en" });
    const { page, t } = portal;
    const level = (name: string) => page.getByText(t(`storage.level_${name}`), { exact: true });
    const full = level("full").or(level("over"));
    await full.waitFor();
    await page.getByText(t("storage.raiseFirst")).waitFor();
    // The raise stands before what can be deleted.
    const raise = page.getByRole("button", { name: /^Raise by/ });
    const section = page.getByRole("region", { name: t("storage.largest"), exact: true });
    const [above, below] = [await raise.boundingBox(), await section.boundingBox()];
    expect(above?.y).toBeLessThan(below?.y ?? 0);
    await look(portal, "full");
    await raise.click();
    await page.getByText(/more until/).waitFor();
    expect((await own()).raise).toMatchObject({ possible: false, why_not: "taken", comes_first: true });
    expect((await client.call("POST", `${mine}/raise`, {})).status).toBe(409);
    expect((await fuse.zfs("get", "-Hp", "-o", "value", "quota", `${base}/${person.username}`)).trim()).toBe(
      String(QUOTA + Math.ceil(QUOTA / 10)),
    );
    await look(portal, "raised");

    const [largest] = await section.getByRole("listitem").all();
    await largest?.getByText("reef-scans.bin").waitFor();
    await largest?.getByRole("button", { name: t("trash.erase", { name: "reef-scans.bin" }) }).click();
    await page
      .getByRole("dialog")
      .getByText(/2\d.* MiB.* comes free/)
      .waitFor();
    await look(portal, "question");
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("trash.eraseShort") })
      .click();
    await page.getByText(/2\d.* MiB.* free again/).waitFor();
    await section.getByRole("listitem").filter({ hasText: "reef-scans.bin" }).waitFor({ state: "detached" });
    await expect(stat(join(folder, "reef-scans.bin"))).rejects.toMatchObject({ code: "ENOENT" });
    // The page counts by itself until the figure is less.
    await fuse.zfs("set", `stoa:hurry=${Date.now()}`, base);
    const isFull = () => full.or(level("near")).count();
    await expect.poll(isFull, { timeout: 60_000, interval: 500 }).toBe(0);
    await look(portal, "freed");

    expect(await write("one-more.bin", MIB)).toBe("");
    await page.goto(`/portal/workspaces/${workspace}`);
    const chooser = page.locator("input[type=file]:not([webkitdirectory])");
    await chooser.setInputFiles({
      name: "upload.bin",
      mimeType: "application/octet-stream",
      buffer: Buffer.alloc(3 * MIB, 1),
    });
    await expect
      .poll(async () => (await stat(join(folder, "upload.bin")).catch(() => null))?.size, { timeout: 30_000 })
      .toBe(3 * MIB);
    await portal.close();
  });
});
