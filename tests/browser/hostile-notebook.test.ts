import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "../support/portal-client.ts";
import { attempt } from "./hostile-page.ts";
import { openPortal, openWholeBrowser, type PortalPage } from "./portal-page.ts";
import { type RunningStoa, runningStoa } from "./running-stoa.ts";

/** The worst neighbourhood: portal and sessions below one domain are one *site* to a browser. */
const DOMAIN = "stoa.test";
const SESSIONS = `sessions.${DOMAIN}`;
const MARK = "only-for-its-owner";

let stoa: RunningStoa;
let browser: Browser;
let portal: PortalPage;
let context: BrowserContext;
let base: string;
let port: number;
/** A page of the victim's own session, whose program is hostile; and another session of theirs. */
let hostile: Page;
let other: string;

beforeAll(async () => {
  port = await freePort();
  base = `http://portal.${DOMAIN}:${port}`;
  const env = { STOA_PORT: String(port), STOA_PUBLIC_URL: base, STOA_SESSION_DOMAIN: SESSIONS };
  stoa = await runningStoa(env, join(import.meta.dirname, "../support/stoa-with-programs.ts"));
  // As it were behind TLS: service workers and the like are to fail for our reasons, not for want of it.
  const secure = [base, ...[1, 2, 3, 4].map((id) => `http://s-${id}.${SESSIONS}:${port}`)].join(",");
  browser = await openWholeBrowser([
    `--host-resolver-rules=MAP *.${DOMAIN} 127.0.0.1, MAP rebound.example 127.0.0.1`,
    `--unsafely-treat-insecure-origin-as-secure=${secure}`,
    "--disable-popup-blocking",
  ]);
  portal = await openPortal(browser, base, { locale: "en" });
  context = portal.page.context();
  await portal.signIn("admin", stoa.adminPassword);
  await ask("POST", "/workspaces/", { name: MARK, description: "", workspace_details: {} });
  other = (await openSession()).origin;
  const mine = await openSession();
  hostile = await context.newPage();
  await hostile.goto(mine.link);
  await hostile.getByRole("heading", { name: "the session's own page" }).waitFor();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await stoa?.stop();
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** A call as the portal's own page makes it. */
async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; json: Loose }> {
  const call = JSON.stringify({ method, path, body: body === undefined ? null : JSON.stringify(body) });
  return portal.page.evaluate<{ status: number; json: Loose }>(`(async ({ method, path, body }) => {
    const { csrf_token } = await (await fetch("/api/stoa/v1/auth/session")).json();
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf_token };
    const answer = await fetch(path, { method, headers, body });
    const text = await answer.text();
    return { status: answer.status, json: text === "" ? null : JSON.parse(text) };
  })(${call})`);
}
// biome-ignore lint/suspicious/noExplicitAny: a test reads foreign shapes and asserts on them at once
type Loose = any;

async function openSession(): Promise<{ origin: string; link: string }> {
  const made = await ask("POST", "/workspaces/", { name: `w${Math.random()}`, description: "", workspace_details: {} });
  const workspace = made.json.data.workspace.id as number;
  const started = await ask("PUT", `/workspaces/${workspace}/start/`, { job_type: "test_web" });
  const id = started.json.data.job.id as number;
  for (let tries = 0; (await ask("GET", `/api/stoa/v1/sessions/${id}`)).json.ready !== true; tries += 1) {
    if (tries > 200) throw new Error(`session ${id} is not ready`);
    await sleep(100);
  }
  const link = (await ask("POST", `/api/stoa/v1/sessions/${id}/ticket`)).json.url as string;
  const page = await context.newPage();
  await page.goto(link);
  await page.close();
  return { origin: new URL(link).origin, link: (await ask("POST", `/api/stoa/v1/sessions/${id}/ticket`)).json.url };
}

/** What a trespasser would have changed. */
async function state(): Promise<unknown> {
  const names = (await ask("GET", "/workspaces/")).json.data.workspaces.map(({ name }: { name: string }) => name);
  const tokens = (await ask("GET", "/api/stoa/v1/account/tokens")).json;
  const { username } = (await ask("GET", "/api/stoa/v1/auth/session")).json.account;
  return { names, tokens, username };
}

const NEW = JSON.stringify({ name: "by the page", description: "", workspace_details: {} });
const TOKEN = JSON.stringify({ label: "by the page", scopes: [] });
const say = (headers: readonly string[], body = "") =>
  `/say?${new URLSearchParams([...headers.map((header): [string, string] => ["h", header]), ["body", body]])}`;
const own = () => new URL(hostile.url()).origin;
const jobOf = (origin: string) => /s-(\d+)/.exec(origin)?.[1] ?? "";

describe("a hostile page in one's own session, below the portal's domain", { timeout: 60_000 }, () => {
  test("reads nothing of the portal's, as its own pages do", async () => {
    for (const path of ["/workspaces/", "/api/stoa/v1/auth/session", "/api/stoa/v1/account/tokens", "/"]) {
      expect(await attempt(hostile, "read", { url: base + path }), path).toMatch(/^refused/);
    }
    expect(await attempt(portal.page, "read", { url: `${base}/workspaces/` })).toContain(MARK);
  });

  test("writes nothing, asked for leave or not", async () => {
    const before = await state();
    for (const [path, body] of [
      ["/workspaces/", NEW],
      ["/api/stoa/v1/account/tokens", TOKEN],
      ["/api/stoa/v1/auth/sign-out", "{}"],
    ] as const) {
      for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
        const arrived = hostile.waitForEvent("requestfailed", (request) => request.url() === base + path);
        expect(await attempt(hostile, "writeUnasked", { url: base + path, body, type })).toMatch(/^refused/);
        // The browser has sent it: what it keeps from the page is the answer. The portal itself has refused it.
        expect((await arrived).failure()?.errorText).toContain("ERR_BLOCKED_BY_RESPONSE");
      }
      expect(await attempt(hostile, "write", { url: base + path, body }), path).toMatch(/^refused/);
    }
    expect(await state()).toEqual(before);
    // What would have been seen.
    expect((await ask("POST", "/workspaces/", { ...JSON.parse(NEW), name: "by the portal" })).status).toBe(200);
    expect(await state()).not.toEqual(before);
  });

  test("sends no form that counts", async () => {
    const before = await state();
    for (const enctype of ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]) {
      for (const [path, body] of [
        ["/workspaces/", NEW],
        ["/api/stoa/v1/account/tokens", TOKEN],
        ["/api/stoa/v1/auth/sign-out", "{}"],
      ] as const) {
        await attempt(hostile, "form", { url: base + path, enctype, body });
      }
      const seen = await attempt(hostile, "form", { url: "/headers", enctype, body: NEW });
      expect(seen).toContain('"method":"POST"');
    }
    expect(await state()).toEqual(before);
  });

  test("opens no socket and no stream of the portal's", async () => {
    const url = `${base}/api/stoa/v1/events/socket`;
    expect(await attempt(hostile, "socket", { url })).toBe("refused");
    expect(await attempt(portal.page, "socket", { url })).toBe("open");
    const events = { url: `${base}/api/stoa/v1/events` };
    expect(await attempt(hostile, "events", events)).toBe("refused");
    expect(await attempt(portal.page, "events", events)).toBe("open");
  });

  test("shows the portal in no frame, to be clicked in", async () => {
    const page = await context.newPage();
    await page.goto(`${own()}/`);
    const framed = async (url: string): Promise<string> => {
      await page.setContent(`<iframe src="${url}"></iframe>`);
      const frame = await (await page.waitForSelector("iframe")).contentFrame();
      const text = async () => (await frame?.evaluate<string>('location.href + " " + document.body.innerText')) ?? "";
      await expect.poll(text, { timeout: 20_000 }).not.toMatch(/^(about:blank.*)?$/);
      return await text();
    };
    for (const path of ["/", "/portal", "/portal/workspaces", "/docs", "/api/stoa/v1/auth/session"]) {
      expect(await framed(base + path), path).toMatch(/^chrome-error:/);
    }
    expect(await framed(`${own()}/`)).toContain("the session's own page");
    await page.close();
  });

  test("reads no window that it opens on the portal", async () => {
    expect(await attempt(hostile, "popup", { url: `${base}/portal` })).toMatch(/^refused|^read nothing/);
    expect(await attempt(hostile, "popup", { url: `${own()}/` })).toContain("the session's own page");
  });

  test("keeps no hold of a window that it opens on the portal, and is heard by none", async () => {
    const before = await state();
    for (const path of ["/portal", "/workspaces/", "/docs"]) {
      expect(await attempt(hostile, "hold", { url: base + path }), path).toBe("cut off");
    }
    expect(await state()).toEqual(before);
    expect(await attempt(hostile, "hold", { url: `${own()}/` })).toMatch(/^holds/);
  });

  test("gets no hold of the portal's window by being opened from it", async () => {
    const ticket = (await ask("POST", `/api/stoa/v1/sessions/${jobOf(own())}/ticket`)).json.url as string;
    const opener = async (page: Page, url: string): Promise<boolean> => {
      const [opened] = await Promise.all([
        context.waitForEvent("page"),
        page.evaluate(`void window.open(${JSON.stringify(url)})`),
      ]);
      await opened.getByRole("heading", { name: "the session's own page" }).waitFor();
      const has = await opened.evaluate<boolean>("window.opener !== null");
      await opened.close();
      return has;
    };
    expect(await opener(portal.page, ticket)).toBe(false);
    expect(await opener(hostile, `${own()}/`)).toBe(true);
  });

  test("takes nothing along by a link to a file", async () => {
    const saved = async (page: Page): Promise<string> =>
      readFileSync(await (await page.waitForEvent("download")).path(), "utf8");
    const shown = async (page: Page): Promise<string> => {
      await page.waitForLoadState();
      return await page.content();
    };
    const got = async (page: Page, url: string): Promise<string> => {
      const window = context.waitForEvent("page").then((opened) => Promise.any([saved(opened), shown(opened)]));
      const either = Promise.any([saved(page), window]);
      await attempt(page, "download", { url });
      return await either;
    };
    const url = `${base}/workspaces/`;
    expect(await got(hostile, url)).not.toContain(MARK);
    expect(await got(portal.page, url)).toContain(MARK);
    for (const page of context.pages()) if (page !== hostile && page !== portal.page) await page.close();
  });

  test("does no more through pages and workers that it makes of text", async () => {
    const before = await state();
    for (const kind of ["blob", "data", "srcdoc", "sandboxed", "blob-worker", "data-worker"]) {
      const url = `${base}/workspaces/`;
      expect(await attempt(hostile, "through", { kind, url }), kind).toMatch(/^refused/);
      expect(await attempt(hostile, "through", { kind, url, post: NEW }), kind).toMatch(/^refused/);
      const home = /data|sandboxed/.test(kind) ? "data:,GET" : "/headers";
      expect(await attempt(hostile, "through", { kind, url: home }), kind).toMatch(/^read .*GET/s);
    }
    expect(await state()).toEqual(before);
  });

  test("has the portal's answers fetched ahead to no avail", async () => {
    const before = await state();
    for (const rel of ["prefetch", "preload", "modulepreload", "prerender", "speculation"]) {
      expect(await attempt(hostile, "ahead", { url: `${base}/workspaces/`, rel }), rel).not.toBe("loaded");
    }
    expect(await state()).toEqual(before);
    for (const rel of ["prefetch", "preload"]) {
      expect(await attempt(hostile, "ahead", { url: "/headers", rel }), rel).toBe("loaded");
    }
  });

  test("sends nobody's request on to the portal by a redirect", async () => {
    const before = await state();
    for (const status of ["307", "308"]) {
      for (const [path, body] of [
        ["/workspaces/", NEW],
        ["/api/stoa/v1/account/tokens", TOKEN],
      ] as const) {
        const url = `${say([`Location:${base}${path}`])}&status=${status}`;
        for (const enctype of ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]) {
          await attempt(hostile, "form", { url, enctype, body });
        }
        expect(await attempt(hostile, "write", { url, body }), status).toMatch(/^refused/);
        expect(await attempt(hostile, "writeUnasked", { url, body, type: "text/plain" })).toMatch(/^refused/);
      }
      expect(await attempt(hostile, "read", { url: `${say([`Location:${base}/workspaces/`])}&status=302` })).toMatch(
        /^refused/,
      );
      const home = `${say(["Location:/headers"])}&status=${status}`;
      expect(await attempt(hostile, "write", { url: home, body: NEW })).toBe("sent 200");
    }
    expect(await state()).toEqual(before);
  });

  test("takes none of the portal's answers as script, style or object", async () => {
    for (const tag of ["script", "link", "object"] as const) {
      expect(await attempt(hostile, "embed", { url: `${base}/workspaces/`, tag }), tag).not.toBe("loaded");
    }
    const script = say(["Content-Type:text/javascript"], "1");
    expect(await attempt(hostile, "embed", { url: script, tag: "script" })).toBe("loaded");
  });

  test("has service workers for itself alone, no wider than their own path", async () => {
    const script = (path: string) => path + say(["Content-Type:text/javascript", "Service-Worker-Allowed:/"]).slice(1);
    expect(await attempt(hostile, "worker", { url: `${base}/portal/x.js`, scope: "/" })).toMatch(/^refused/);
    expect(await attempt(hostile, "worker", { url: script("/"), scope: `${base}/` })).toMatch(/^refused/);
    expect(await attempt(hostile, "worker", { url: script("/"), scope: "/say" })).toMatch(/^registered/);
  });

  test("puts no cookie of its own in the place of the portal's", async () => {
    const before = await state();
    const headers = [
      `Set-Cookie:stoa_session=evil; Domain=${DOMAIN}; Path=/`,
      `Set-Cookie:stoa_access=evil; Domain=${DOMAIN}; Path=/`,
      `Set-Cookie:__Host-stoa_session=evil; Secure; Path=/`,
      `Set-Cookie:own=1; Domain=${DOMAIN}; Path=/`,
      'Clear-Site-Data:"cookies", "storage"',
    ];
    await attempt(hostile, "read", { url: say(headers) });
    const names = (await context.cookies(base)).map(({ name, value }) => `${name}=${value}`);
    expect(names.filter((cookie) => /evil|own=1/.test(cookie))).toEqual([]);
    expect(await state()).toEqual(before);
    // Its own host's cookies are its own.
    expect(await attempt(hostile, "toss", { cookies: ["mine=1"] })).toContain("mine=1");
  });

  test("acts in no other session of the same person", async () => {
    expect(await attempt(hostile, "read", { url: `${other}/headers` })).toMatch(/^refused/);
    expect(await attempt(hostile, "socket", { url: `${other}/` })).toBe("refused");
    expect(await attempt(hostile, "popup", { url: `${other}/` })).toMatch(/^refused/);
    const sent = { url: `${other}/headers`, enctype: "text/plain", body: NEW };
    expect(await attempt(hostile, "form", sent)).toBe("closed");
    const itself = await context.newPage();
    await itself.goto(`${other}/`);
    expect(await attempt(itself, "read", { url: "/headers" })).toContain('"method":"GET"');
    expect(await attempt(itself, "socket", { url: `${other}/` })).toBe("open");
    await itself.close();
  });

  test("is answered under no name but the server's own", async () => {
    const page = await context.newPage();
    expect((await page.goto(`http://rebound.example:${port}/workspaces/`))?.status()).toBe(421);
    expect((await page.goto(`http://portal.${DOMAIN}:${port}/portal`))?.status()).toBe(200);
    await page.close();
    const local = `http://127.0.0.1:${port}/workspaces/`;
    expect((await send(local, "GET", undefined, { Host: `s-1.${SESSIONS}.evil.example:${port}` })).status).toBe(421);
  });

  test("with the parent domain's cookies from a script signs the victim out at most, never in as another", async () => {
    const evil = `stoa_session=evil; domain=${DOMAIN}; path=/api`;
    await attempt(hostile, "toss", { cookies: [evil, evil.replace("/api", "/workspaces")] });
    const sent = (await context.cookies(`${base}/api`)).filter(({ name }) => name === "stoa_session");
    // The browser takes it: two of one name are sent.
    expect(sent).toHaveLength(2);
    const seen = await attempt(portal.page, "read", { url: `${base}/api/stoa/v1/auth/session` });
    expect(seen).not.toContain("evil");
    expect(await attempt(portal.page, "read", { url: `${base}/workspaces/` })).not.toContain('"success":true');
    await context.clearCookies({ domain: `.${DOMAIN}` });
    expect((await ask("GET", "/workspaces/")).status).toBe(200);
  });
});
