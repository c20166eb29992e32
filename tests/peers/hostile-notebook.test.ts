import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attempt } from "../browser/hostile-page.ts";
import { openPortal, openWholeBrowser, type PortalPage } from "../browser/portal-page.ts";
import { jupyterLab4 } from "../support/jupyter-peers.ts";
import { type PortalClient, send, signIn } from "../support/portal-client.ts";
import { discard, type StoaProcess, startStoa } from "../support/stoa-process.ts";
import { type Aims, givenFiles, type Try, tries } from "./given-notebook.ts";

/** The worst neighbourhood: portal and sessions below one domain are one *site* to a browser. */
const DOMAIN = "stoa.test";
const PASSWORD = "a quiet colonnade";
const SECRET = "only-for-vera";
/** A terminal's page, where it is shown. */
const TERMINAL = 'class="xterm-';

/** What each is told where it is held. Forms, beacons and downloads tell nothing by themselves. */
const HELD: Readonly<Record<Try["trick"], RegExp>> = {
  read: /^refused/,
  writeUnasked: /^refused/,
  write: /^refused/,
  beacon: /^sent/,
  socket: /^refused$/,
  listen: /^refused/,
  events: /^refused$/,
  form: /^(closed|nothing)$/,
  popup: /^(refused|read nothing)/,
  hold: /^cut off$/,
  frame: /^(refused|nothing)/,
  // Chromium now and then starts no process for one frame of several that have no origin.
  through: /^(refused|nothing)/,
  ahead: /^(refused|nothing|asked|loaded)$/,
  download: /^clicked$/,
  worker: /^refused/,
  // An <embed> tells that it has loaded also of the browser's own page of refusal.
  embed: /^(refused|nothing|loaded)$/,
  toss: /./,
};

/** What each is told at home. */
const WORKED = /^(read |sent |open$|loaded$|registered |holds |\{)/;

type Registered = PortalClient & { readonly id: number };

const lab = jupyterLab4();

describe.skipIf(lab === null)("a hostile notebook that somebody was given, in JupyterLab 4", () => {
  let stoa: StoaProcess;
  let browser: Browser;
  let context: BrowserContext;
  let portal: PortalPage;
  /** The notebook, as vera has it open in a session of hers. */
  let tab: Page;
  let admin: PortalClient;
  let vera: Registered;
  let mallory: Registered;
  let aims: Aims;
  let configuration: string;
  /** What her browser showed in other windows, or saved. */
  const loot: { readonly url: string; readonly text: string }[] = [];
  /** What her browser sent from the notebook's tab. */
  const sent: { readonly method: string; readonly url: string; readonly type: string }[] = [];

  beforeAll(async () => {
    const port = await freePort();
    const base = `http://portal.${DOMAIN}:${port}`;
    configuration = mkdtempSync(join(tmpdir(), "stoa-hostile-"));
    const jobTypes = join(configuration, "job-types.yaml");
    writeFileSync(jobTypes, JSON.stringify({ jupyter_lab: { environment: { folder: lab } } }));
    const env = {
      STOA_PORT: String(port),
      STOA_PUBLIC_URL: base,
      STOA_SESSION_DOMAIN: `sessions.${DOMAIN}`,
      STOA_LOCAL_ISOLATION: "auto",
      STOA_JOB_TYPES: jobTypes,
      STOA_REGISTRATION: "domains",
      STOA_REGISTRATION_DOMAINS: "example.org",
    };
    stoa = await startStoa({ env });
    const local = `http://127.0.0.1:${port}`;
    admin = await signIn(local, "admin", stoa.adminPassword);
    mallory = await person(local, "mallory");
    vera = await person(local, "vera");
    aims = {
      portal: base,
      other: `http://s-1.sessions.${DOMAIN}:${port}`,
      account: { username: "mallory", password: PASSWORD },
    };
    const diary = await workspaceOf(vera, SECRET, [{ name: "diary.txt", content: SECRET }]);
    expect(diary).toBe(1);
    const [job, given] = await Promise.all([start(vera, diary, "terminal"), give(givenFiles(aims))]);
    expect(job).toBe(1);
    const [opened] = await Promise.all([start(vera, given, "jupyter_lab"), openAll(base, port)]);
    const ticket = await vera.call("POST", `/api/stoa/v1/sessions/${opened}/ticket`);
    tab = await context.newPage();
    tab.setDefaultTimeout(60_000);
    tab.on("request", (request) =>
      sent.push({ method: request.method(), url: request.url(), type: request.headers()["content-type"] ?? "" }),
    );
    await tab.goto(ticket.json.url as string);
    await tab.goto(`${new URL(ticket.json.url as string).origin}/lab/tree/given.ipynb`);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    if (stoa !== undefined) await discard(stoa);
    rmSync(configuration, { recursive: true, force: true });
  });

  async function person(local: string, username: string): Promise<Registered> {
    const body = { username, email: `${username}@example.org`, full_name: username, password: PASSWORD };
    const made = await send(`${local}/api/register`, "POST", body);
    expect(made.status, made.text).toBeLessThan(300);
    const found = (await admin.call("GET", `/api/stoa/v1/people?search=${username}`)).json.items[0];
    if (found.status === "pending") await admin.call("PATCH", `/api/stoa/v1/people/${found.id}`, { active: true });
    return { ...(await signIn(local, username, PASSWORD)), id: found.id };
  }

  /** A copy of mallory's workspace for vera, by the way that people give each other workspaces. */
  async function give(files: { name: string; content: string }[]): Promise<number> {
    const original = await workspaceOf(mallory, "great results", files);
    const body = { original_workspace_id: original, shared_user_ids: [vera.id] };
    const offered = await mallory.call("POST", "/shared_workspaces/", body);
    const id = offered.json.data.shared_workspaces[0].shared_workspace_id.id as number;
    await until(async () => (await vera.call("PUT", `/shared_workspaces/${id}/accept/`)).status === 200);
    return id;
  }

  async function openAll(base: string, port: number): Promise<void> {
    // As it were behind TLS: service workers and the like are to fail for our reasons, not for want of it.
    const secure = [base, ...[1, 2].map((id) => `http://s-${id}.sessions.${DOMAIN}:${port}`)].join(",");
    browser = await openWholeBrowser([
      `--host-resolver-rules=MAP *.${DOMAIN} 127.0.0.1`,
      `--unsafely-treat-insecure-origin-as-secure=${secure}`,
      "--disable-popup-blocking",
    ]);
    portal = await openPortal(browser, base, { locale: "en" });
    context = portal.page.context();
    await portal.signIn("vera", PASSWORD);
    // Her browser has the way into her other session, too.
    const terminal = await context.newPage();
    await terminal.goto((await vera.call("POST", "/api/stoa/v1/sessions/1/ticket")).json.url as string);
    expect(await attempt(terminal, "socket", { url: `${aims.other}/tty` })).toBe("open");
    expect(await terminal.content()).toContain(TERMINAL);
    await terminal.close();
    context.on("page", watchWindow);
  }

  function watchWindow(page: Page): void {
    page.on("download", async (file) => {
      const path = await file.path().catch(() => null);
      loot.push({ url: file.url(), text: path === null ? "" : readFileSync(path, "utf8") });
    });
    page.on("load", async () => loot.push({ url: page.url(), text: await page.content().catch(() => "") }));
  }

  /** What anything done in her name would have changed. */
  async function state() {
    const [workspaces, tokens, profile, jobs, audit, people] = await Promise.all([
      vera.call("GET", "/workspaces/"),
      vera.call("GET", "/api/stoa/v1/account/tokens"),
      vera.call("GET", "/api/stoa/v1/account"),
      vera.call("GET", "/jobs/"),
      admin.call("GET", `/api/stoa/v1/audit?actor=${vera.id}&limit=200`),
      admin.call("GET", "/api/stoa/v1/people"),
    ]);
    return {
      workspaces: workspaces.json.data.workspaces.map(({ id, name }: Loose) => [id, name]),
      tokens: tokens.json,
      profile: profile.json,
      jobs: jobs.json.data.jobs.map(({ id, status }: Loose) => [id, status]),
      audit: audit.json.items.map(({ id, action }: Loose) => [id, action]),
      people: people.json.items.map(({ id, username, status }: Loose) => [id, username, status]),
      signedIn: (await attempt(portal.page, "read", { url: "/api/stoa/v1/auth/session" })).includes('"vera"'),
    };
  }

  const scriptsThatRan = () => tab.evaluate<string[]>("window.ran ?? []");

  it("as it comes, is looked at and runs nothing", async () => {
    const before = await state();
    expect(before.signedIn).toBe(true);
    await tab.getByRole("heading", { name: "Results by text" }).waitFor();
    await tab.getByRole("heading", { name: "Results by output" }).waitFor();
    // Its pictures are asked for: so much of it is shown.
    await expect
      .poll(() => sent.map(({ url }) => url), { timeout: 20_000 })
      .toContain(`${aims.portal}/workspaces/?seen-in=output`);
    expect(await scriptsThatRan()).toEqual([]);
    expect(sent.filter(({ method, url }) => url.startsWith(aims.portal) && method !== "GET")).toEqual([]);
    expect(tab.frames().filter((frame) => frame.url().startsWith(aims.portal))).toEqual([]);
    expect(await state()).toEqual(before);
  });

  it("trusted and run, does nothing in her name, and reads nothing of hers but this session", async () => {
    const before = await state();
    await trust();
    await menu("Run", "Run All Cells");
    await expect.poll(scriptsThatRan, { timeout: 30_000 }).toContain("html output");
    await expect.poll(scriptsThatRan, { timeout: 30_000 }).toContain("javascript output");
    await tab.waitForFunction("window.spoils !== undefined", undefined, { timeout: 60_000 });
    const spoils = await tab.evaluate<Record<string, string>>("window.spoils");
    for (const { name, trick, own } of tries(aims)) {
      if (own) expect.soft(spoils[`own: ${name}`], `own: ${name}`).toMatch(WORKED);
      else expect.soft(spoils[name], name).toMatch(HELD[trick]);
    }
    expect(spoils[`embed ${aims.portal}/workspaces/ script`]).not.toBe("loaded");
    expect(tab.frames().filter((frame) => frame.url().startsWith(aims.portal))).toEqual([]);
    const others = tab.frames().filter((frame) => frame.url().startsWith(aims.other));
    for (const frame of others) expect(await frame.content()).not.toContain(TERMINAL);
    expect(await state()).toEqual(before);
    // In a window of the portal's own she sees what is hers; what else came is of the notebook's asking.
    const shown = loot.filter(({ url }) => !url.startsWith(`${aims.portal}/portal`));
    expect(shown.map(({ url }) => url)).toContain(
      `${aims.portal}/api/stoa/v1/workspaces/1/files/content?path=diary.txt`,
    );
    expect(JSON.stringify([spoils, shown])).not.toContain(SECRET);
    // A form and a write without leave do reach the server, in each way that they can be sent.
    for (const { aim } of tries(aims).filter(({ trick }) => trick === "form" || trick === "writeUnasked")) {
      const type = expect.stringContaining(String(aim.enctype ?? aim.type));
      expect(sent).toContainEqual({ method: "POST", url: new URL(String(aim.url), tab.url()).href, type });
    }
  });

  it("tries what the portal's own page succeeds with", async () => {
    const page = portal.page;
    const before = await state();
    expect(await attempt(page, "read", { url: `${aims.portal}/workspaces/` })).toContain(SECRET);
    expect(await attempt(page, "socket", { url: `${aims.portal}/api/stoa/v1/events/socket` })).toBe("open");
    expect(await attempt(page, "listen", { url: `${aims.portal}/jobs/1/` })).toMatch(/^heard .*running/);
    expect(await attempt(page, "events", { url: `${aims.portal}/api/stoa/v1/events` })).toBe("open");
    expect(await attempt(page, "popup", { url: `${aims.portal}/portal` })).toMatch(/^read ./);
    watchWindow(page);
    const file = { url: `${aims.portal}/api/stoa/v1/workspaces/1/files/content?path=diary.txt` };
    await attempt(page, "download", file);
    await expect.poll(() => loot, { timeout: 20_000 }).toContainEqual({ ...file, text: SECRET });
    const { csrf_token } = JSON.parse((await attempt(page, "read", { url: "/api/stoa/v1/auth/session" })).slice(5));
    const body = JSON.stringify({ name: "by the portal", description: "", workspace_details: {} });
    expect(await attempt(page, "write", { url: "/workspaces/", body, csrf: csrf_token })).toBe("sent 200");
    const after = await state();
    expect([after.workspaces, after.audit]).not.toEqual([before.workspaces, before.audit]);
  });

  it("signs her in as nobody else by cookies for the parent domain", async () => {
    const before = await state();
    const evil = mallory.cookie;
    const cookies: [string, "taken" | "refused"][] = [
      [`${evil}; path=/`, "taken"],
      [`${evil}; path=/api`, "taken"],
      [`=${evil}; path=/`, "refused"],
      [`__Host-${evil}; path=/`, "refused"],
    ];
    for (const [cookie, byBrowser] of cookies) {
      await attempt(tab, "toss", { cookies: [`${cookie}; domain=${DOMAIN}`] });
      // What the browser takes it sends beside the portal's.
      const planted = (await context.cookies(`${aims.portal}/api`)).filter(({ domain }) => domain === `.${DOMAIN}`);
      expect(planted.length, cookie).toBe(byBrowser === "taken" ? 1 : 0);
      expect(await attempt(portal.page, "read", { url: "/api/stoa/v1/auth/session" }), cookie).not.toContain("mallory");
      await context.clearCookies({ domain: `.${DOMAIN}` });
    }
    expect(await state()).toEqual(before);
  });

  async function menu(name: string, item: string): Promise<void> {
    await tab.getByRole("menuitem", { name, exact: true }).click({ timeout: 5_000 });
    await tab.getByRole("menuitem", { name: new RegExp(`^${item}`) }).click({ timeout: 5_000 });
  }

  /** As a person does who believes it. */
  async function trust(): Promise<void> {
    // The palette closes when Lab, which is still busy with itself, takes the focus elsewhere.
    await until(async () => {
      try {
        await menu("View", "Activate Command Palette");
        await tab.getByRole("textbox", { name: "SEARCH", exact: true }).fill("Trust Notebook", { timeout: 2_000 });
        return true;
      } catch {
        await tab.keyboard.press("Escape");
        return false;
      }
    });
    await tab.keyboard.press("Enter");
    await tab.getByRole("dialog").getByRole("button", { name: "Trust" }).click();
  }
});

// biome-ignore lint/suspicious/noExplicitAny: a test reads foreign shapes and asserts on them at once
type Loose = any;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

async function workspaceOf(client: PortalClient, name: string, files: { name: string; content: string }[]) {
  const made = await client.call("POST", "/workspaces/", { name, description: "", workspace_details: { files } });
  expect(made.status, made.text).toBe(200);
  return made.json.data.workspace.id as number;
}

async function start(client: PortalClient, workspace: number, jobType: string): Promise<number> {
  let id = 0;
  await until(async () => {
    const started = await client.call("PUT", `/workspaces/${workspace}/start/`, { job_type: jobType });
    // What was given is still being copied.
    if (started.status === 409) return false;
    expect(started.status, started.text).toBe(200);
    id = started.json.data.job.id;
    return true;
  });
  await until(async () => (await client.call("GET", `/api/stoa/v1/sessions/${id}`)).json.ready === true);
  return id;
}

async function until(met: () => Promise<boolean>): Promise<void> {
  for (const last = Date.now() + 60_000; !(await met()); await sleep(100)) {
    if (Date.now() > last) throw new Error(`not within a minute: ${met}`);
  }
}
