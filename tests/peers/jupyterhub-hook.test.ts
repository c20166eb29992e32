import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWholeBrowser } from "../browser/portal-page.ts";
import { debianHub, jupyterHub } from "../support/jupyter-peers.ts";
import { type Hub, startHub } from "../support/jupyterhub-process.ts";
import { send, signIn as toPortal } from "../support/portal-client.ts";
import { discard, type StoaProcess, startStoa } from "../support/stoa-process.ts";

const KEY = "a-key-of-32-characters-or-so-0000";
const GIB = 1024 ** 3;

/** Three ways of showing why a spawn was refused: up to 4, 5, from 6 on, which CI leaves to who runs them by hand. */
const hubs = [
  { peer: "Debian's JupyterHub 3", folder: debianHub(), version: /^3\./, oldest: true },
  { peer: "JupyterHub 5", folder: jupyterHub(5), version: /^5\./, oldest: false },
  ...(process.env.CI ? [] : [{ peer: "JupyterHub 6", folder: jupyterHub(6), version: /^6\./, oldest: false }]),
];

describe.each(hubs)("$peer with the hook", ({ folder, version, oldest }) => {
  describe.skipIf(folder === null)("and a Stoa", () => {
    let base: string;
    let stoa: StoaProcess;
    let hub: Hub;
    let browser: Browser;

    beforeAll(async () => {
      base = mkdtempSync(join(tmpdir(), "stoa-hub-storage-"));
      // Stoa's own account gets through; nobody but root may write into it.
      chmodSync(base, 0o755);
      stoa = await startStoa({ env: { API_KEY: KEY, STORAGE_BASE_PATH: base } });
      hub = await startHub(folder as string, { STOA_URL: stoa.url, STOA_API_KEY: KEY, STORAGE_BASE_PATH: base });
      browser = await openWholeBrowser();
    });
    afterAll(async () => {
      await browser?.close();
      await hub?.stop();
      if (stoa !== undefined) await discard(stoa);
      rmSync(base, { recursive: true, force: true });
    });

    /** Contract 1, as an operator's script calls it. */
    function storage(method: string, path: string, body?: unknown) {
      return send(`${stoa.url}/api/v1${path}`, method, body, { "X-API-Key": KEY });
    }

    /** A directory that is too full: found with what lies in it and counted, then held to less. */
    async function fill(person: string): Promise<void> {
      const full = mkdtempSync(join(tmpdir(), "stoa-hub-full-"));
      writeFileSync(join(full, "results.bin"), Buffer.alloc(3_355_443));
      // As a whole: it is not found, and counted, while it is empty yet.
      renameSync(full, join(base, person));
      expect((await storage("GET", `/users/${person}`)).status).toBe(200);
      const admin = await toPortal(stoa.url, "admin", stoa.adminPassword);
      const used = async (): Promise<number> => {
        expect((await admin.call("POST", "/api/stoa/v1/storage/recount", {})).status).toBe(202);
        return (await storage("GET", `/users/${person}`)).json.disk_usage;
      };
      await expect.poll(used, { timeout: 60_000, interval: 1000 }).toBeGreaterThan(3_300_000);
      expect((await storage("POST", "/users/", { name: person, quota: 3 * 1024 ** 2 })).status).toBe(204);
    }

    it("makes the directory with its quota, and the server works in it", async () => {
      expect(hub.version).toMatch(version);
      const started = await hub.start("ada");
      expect(started.ready, hub.output()).toBe(true);
      expect(existsSync(join(base, "ada"))).toBe(true);
      expect((await storage("GET", "/users/ada")).json).toMatchObject({ name: "ada", quota: 10 * GIB });
      expect(hub.output()).toContain("Stoa made users/ada with a quota of 10 GiB");
    });

    it("leaves a quota alone that an operator has changed meanwhile", async () => {
      await hub.end("ada");
      expect((await storage("POST", "/users/", { name: "ada", quota: 20 * GIB })).status).toBe(204);
      expect((await hub.start("ada")).ready, hub.output()).toBe(true);
      expect((await storage("GET", "/users/ada")).json.quota).toBe(20 * GIB);
      await hub.end("ada");
    });

    it("refuses who is over quota, with the reason on JupyterHub's page", async () => {
      await fill("bob");
      const page = await signIn("bob");
      const reason = "3.2 MiB used of 3 MiB";
      // At once: JupyterHub's page for errors.
      await page.goto(`${hub.url}/hub/spawn`);
      const link = page.getByRole("link", { name: `${stoa.url}/portal/storage` });
      await expect.poll(() => text(page), { timeout: 20_000 }).toContain(reason);
      expect(await text(page)).toContain(`Open ${stoa.url}/portal/storage to free space`);
      expect(await link.count()).toBe(oldest ? 0 : 1);
      // And where it leads back to: the page of a server that didn't start.
      await page.goto(`${hub.url}/hub/spawn-pending/bob`);
      expect(await text(page)).toContain(reason);
      expect(await link.getAttribute("href")).toBe(`${stoa.url}/portal/storage`);
      await page.context().close();
      // And for programs.
      const progress = await hub.call("GET", "/users/bob/server/progress");
      expect(progress.text).toContain(reason);
    });

    it("ends no hub by refusing as often as it would take failures", async () => {
      for (let times = 0; times < 4; times++) {
        expect((await hub.start("bob")).message).toContain("3.2 MiB used of 3 MiB");
      }
      // It would in two seconds.
      await new Promise((resolve) => setTimeout(resolve, 3000));
      expect(hub.isUp()).toBe(true);
      expect(hub.output()).not.toContain("consecutive spawn");
    });

    it("lets them in again once there is room", async () => {
      expect((await storage("POST", "/users/", { name: "bob", quota: 30 * 1024 ** 2 })).status).toBe(204);
      expect((await hub.start("bob")).ready, hub.output()).toBe(true);
      await hub.end("bob");
    });

    it("refuses a name that can't be a directory's", async () => {
      const refused = await hub.start("dot.ted");
      expect(refused.failed).toBe(true);
      expect(refused.message).toContain("'dot.ted' can't be a directory's");
    });

    // It takes the hook's whole patience, and is the same for all of them.
    if (oldest)
      it("says that Stoa does not answer, and goes on once it does", async () => {
        process.kill(stoa.serverPid(), "SIGSTOP");
        try {
          const began = performance.now();
          const asked = hub.start("cleo");
          // The hub answers others meanwhile.
          expect((await hub.call("GET", "/users")).status).toBe(200);
          expect(performance.now() - began).toBeLessThan(3000);
          const refused = await asked;
          expect(refused.failed).toBe(true);
          expect(refused.message).toContain("The storage service does not answer");
          expect(performance.now() - began).toBeLessThan(40_000);
        } finally {
          process.kill(stoa.serverPid(), "SIGCONT");
        }
        expect((await hub.start("cleo")).ready, hub.output()).toBe(true);
        await hub.end("cleo");
      });

    it("writes the key nowhere", () => {
      expect(hub.output()).not.toContain(KEY);
      expect(stoa.output()).not.toContain(KEY);
    });

    async function signIn(person: string): Promise<Page> {
      const page = await (await browser.newContext()).newPage();
      await page.goto(`${hub.url}/hub/login?next=${encodeURIComponent("/hub/home")}`);
      await page.locator("input[name=username]").fill(person);
      await page.locator("input[name=password]").fill("test");
      await page.locator("input[type=submit], button[type=submit]").first().click();
      await page.waitForURL("**/hub/home");
      return page;
    }
  });
});

async function text(page: Page): Promise<string> {
  return (await page.locator("body").innerText()).replaceAll(/\s+/g, " ");
}
