import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type HubScene, startHubScene, until } from "../support/hub-scene.ts";
import { call } from "../support/two-servers.ts";

let scene: HubScene;
let number = 0;
beforeAll(async () => {
  scene = await startHubScene({ JUPYTERHUB_ATTEMPTS: "1", JUPYTERHUB_TIMEOUT: "2s", JUPYTERHUB_LAUNCH_TIMEOUT: "30s" });
});
afterAll(() => scene.close());
const scopes = ["servers", "admin:users", "tokens", "read:users"];
afterEach(() => {
  scene.hub.intercept = () => false;
  scene.hub.spawn = () => ({ readyMs: 20 });
  for (const scope of scopes) scene.hub.scopes.add(scope);
});

const OLD = new Date(Date.now() - 86_400_000);
const unique = (): string => `contract${++number}`;
type Language = "fa" | "en";
const ask = (method: "GET" | "POST", url: string, as: string, language: Language) =>
  call(scene.stoa, method, url, { as, headers: { "accept-language": language } });
const launch = (as: string, language: Language = "en") => ask("POST", "/api/jupyter/launch", as, language);
const dashboard = (as: string) => ask("GET", "/api/dashboard", as, "en");
const languages = ["fa", "en"] as const;

/** Somebody whose hub user is there. */
async function settled() {
  const name = unique();
  const as = await scene.person(name);
  await until(
    async () => (await dashboard(as)).json.jupyter_status.status !== "unavailable" && scene.hub.users.has(name),
    "made",
  );
  return { name, as };
}

/** The hub answers calls like this one so, and all others as usual. */
function answers(pattern: RegExp, status: number, body: string, type = "application/json"): void {
  scene.hub.intercept = (request, response) => {
    if (!pattern.test(`${request.method} ${request.url}`)) return false;
    response.writeHead(status, { "content-type": type }).end(body);
    return true;
  };
}

const TEXTS = {
  running: { fa: "Jupyter Lab در حال اجرا است", en: "Jupyter Lab is running" },
  started: {
    fa: "Jupyter Lab در حال راه‌اندازی است... لطفاً 30 ثانیه صبر کنید.",
    en: "Jupyter Lab is starting… Please wait 30 seconds.",
  },
  pending: {
    fa: "Jupyter Lab در حال راه‌اندازی است... لطفاً صبر کنید.",
    en: "Jupyter Lab is starting… Please wait.",
  },
  unreachable: {
    fa: "خطا در اتصال به JupyterHub. لطفاً مجدداً تلاش کنید.",
    en: "JupyterHub could not be reached. Please try again.",
  },
  unreachableAtStart: {
    fa: "خطا در اتصال به JupyterHub برای راه‌اندازی سرور",
    en: "JupyterHub could not be reached to start the server",
  },
  noUser: { fa: "خطا در ایجاد کاربر JupyterHub", en: "The JupyterHub user could not be made" },
} as const;

describe.each(languages)("POST /api/jupyter/launch in %s", (language) => {
  it("starting: the hub is asked for a server; running: it is there, with a token of an hour", async () => {
    scene.hub.spawn = () => ({ readyMs: 300 });
    const { name, as } = await settled();
    const first = await launch(as, language);
    expect(first).toMatchObject({ status: 200, json: { status: "starting", message: TEXTS.started[language] } });
    expect(Object.keys(first.json).sort()).toEqual(["message", "status", "url"]);
    expect(first.json.url).toMatch(new RegExp(`^/user/${name}/lab\\?token=[0-9a-f]{32}$`));
    await until(async () => scene.hub.users.get(name)?.servers.get("")?.state === "ready", "it is ready");
    const second = await launch(as, language);
    expect(second).toMatchObject({ status: 200, json: { status: "running", message: TEXTS.running[language] } });
    expect(second.headers["cache-control"]).toBe("no-store");
    const tokens = [...(scene.hub.users.get(name)?.tokens.values() ?? [])];
    const last = tokens.at(-1);
    const lasts = Date.parse(last?.expires_at ?? "") - Date.parse(last?.created ?? "");
    expect(lasts).toBe(3_600_000);
  });

  it("starting: one that is pending is not started again", async () => {
    scene.hub.spawn = () => ({ readyMs: 3_000 });
    const { name, as } = await settled();
    await launch(as, language);
    const again = await launch(as, language);
    expect(again).toMatchObject({ status: 200, json: { status: "starting", message: TEXTS.pending[language] } });
    expect(again.json.url).toMatch(new RegExp(`^/user/${name}/lab\\?token=`));
    expect(scene.hub.starts.filter((start) => start.startsWith(`${name}/`))).toHaveLength(1);
  });

  it.each(["", '{"status": 400, "message": "somebody is pending spawn"}'])(
    "starting: the hub's start answers 400 (%s)",
    async (body) => {
      const { as } = await settled();
      answers(/^POST .*\/server$/, 400, body);
      const answer = await launch(as, language);
      expect(answer).toMatchObject({ status: 200, json: { status: "starting", message: TEXTS.started[language] } });
    },
  );

  it("the same address without a token, where the hub refuses one", async () => {
    const { name, as } = await settled();
    scene.hub.scopes.delete("tokens");
    expect((await launch(as, language)).json).toMatchObject({ status: "starting", url: `/user/${name}/lab` });
    answers(/^POST .*\/tokens$/, 403, '{"status": 403, "message": "no"}');
    await until(async () => scene.hub.users.get(name)?.servers.get("")?.state === "ready", "it is ready");
    expect((await launch(as, language)).json).toMatchObject({ status: "running", url: `/user/${name}/lab` });
  });

  it("503: the hub answers with a gateway's page", async () => {
    const { as } = await settled();
    answers(/./, 502, "<h1>Bad gateway</h1>", "text/html");
    expect(await launch(as, language)).toMatchObject({ status: 503, json: { detail: TEXTS.unreachable[language] } });
  });

  it("503: the hub could not be reached for the start itself", async () => {
    const { as } = await settled();
    answers(/^POST .*\/server$/, 502, "<h1>Bad gateway</h1>", "text/html");
    const answer = await launch(as, language);
    expect(answer).toMatchObject({ status: 503, json: { detail: TEXTS.unreachableAtStart[language] } });
  }, 30_000);

  it("500: the hub user can't be made", async () => {
    const { name, as } = await settled();
    scene.hub.users.delete(name);
    scene.hub.scopes.delete("admin:users");
    expect(await launch(as, language)).toMatchObject({ status: 500, json: { detail: TEXTS.noUser[language] } });
  });

  it("500: anything else, as number and text", async () => {
    const { as } = await settled();
    scene.hub.spawn = () => ({ failsMs: 0, says: "it just broke" });
    const { status, json } = await launch(as, language);
    expect(status).toBe(500);
    const begins = { fa: "خطا در راه‌اندازی Jupyter: 500 - ", en: "Jupyter could not be started: 500 - " };
    expect(json.detail.startsWith(begins[language])).toBe(true);
    expect(json.detail.length).toBeGreaterThan(begins[language].length + 10);
    expect(json.detail).not.toContain("it just broke");
  });

  it("409: the name was somebody's at the hub before, with the reason", async () => {
    const name = unique();
    scene.hub.addUser(name, { created: OLD });
    const as = await scene.person(name);
    const answer = await launch(as, language);
    expect(answer.status).toBe(409);
    expect(answer.json.detail).toContain(language === "fa" ? "از آنِ کس دیگری است" : "belongs to somebody else");
  });
});

describe("a hub that is down", () => {
  it("fails no registration: the hub user is made in the background once it is back", async () => {
    const name = unique();
    await scene.hub.goDown();
    const identity = {
      username: name,
      email: `${name}@example.org`,
      full_name: name,
      password: "correct horse battery",
    };
    const answer = await call(scene.stoa, "POST", "/api/register", { body: identity });
    expect(answer).toMatchObject({ status: 201, json: { details: { username: name } } });
    expect(scene.hub.users.has(name)).toBe(false);
    await scene.hub.comeUp();
    await until(async () => scene.hub.users.has(name), "it is made", 60_000);
  }, 70_000);

  it.each(languages)("is 503 for a launch (%s), and unavailable on the dashboard", async (language) => {
    const { as } = await settled();
    await scene.hub.goDown();
    onTestFinished(() => scene.hub.comeUp());
    expect(await launch(as, language)).toMatchObject({ status: 503, json: { detail: TEXTS.unreachable[language] } });
    const { status, json } = await dashboard(as);
    expect(status).toBe(200);
    expect(json.jupyter_status).toEqual({ status: "unavailable", server_active: false });
  });
});

describe("GET /api/dashboard", () => {
  /** Long enough for what an earlier test left of the hub's being away. */
  const statusOf = (as: string, status: string) =>
    until(
      async () => {
        const { jupyter_status: found } = (await dashboard(as)).json;
        return found.status === status && found;
      },
      `the dashboard says ${status}`,
      20_000,
    );

  it("created: makes the hub user where the hub says 404; then available", async () => {
    const name = unique();
    const as = await scene.person(name);
    await until(async () => scene.hub.users.has(name), "it is made in the background", 30_000);
    await until(
      async () => (await call(scene.stoa, "GET", "/api/stoa/v1/hub", { as })).json.user?.state === "ours",
      "ours",
    );
    // Somebody else has seen that the hub is quick: else nobody waits for it.
    await settled();
    scene.hub.users.delete(name);
    const { status, json } = await dashboard(as);
    expect(status).toBe(200);
    expect(json.jupyter_status).toEqual({ status: "created", username: name, servers: {}, server_active: false });
    expect(scene.hub.users.has(name)).toBe(true);
    expect(await statusOf(as, "available")).toMatchObject({ username: name });
  });

  it("has every field of the contract, and a running server's", async () => {
    const { name, as } = await settled();
    await launch(as);
    await until(async () => scene.hub.users.get(name)?.servers.get("")?.state === "ready", "it is ready");
    const { json } = await until(
      async () => {
        const answer = await dashboard(as);
        return answer.json.jupyter_status.servers?.[""]?.ready === true && answer;
      },
      "the dashboard knows",
      20_000,
    );
    expect(json.jupyter_status).toMatchObject({ status: "available", username: name, server_active: true });
    expect(json.user).toMatchObject({
      username: name,
      email: `${name}@example.org`,
      organization: null,
      is_admin: false,
    });
    expect(Object.keys(json.user).sort()).toEqual([
      "created_at",
      "email",
      "full_name",
      "is_admin",
      "last_login",
      "organization",
      "username",
    ]);
    expect(json.session_remaining_seconds).toBeGreaterThan(28_000);
    expect(json.stats).toEqual({
      ...{ total_executions: 0, today_executions: 0, total_errors: 0, success_rate: expect.any(Number) },
      ...{ avg_execution_time_ms: 0, last_execution: null },
    });
  });

  it("error: the name is somebody else's", async () => {
    const name = unique();
    scene.hub.addUser(name, { created: OLD });
    expect(await statusOf(await scene.person(name), "error")).toEqual({ status: "error", server_active: false });
  });

  it("answers before a hub does that hangs", async () => {
    const { as } = await settled();
    const stranger = await scene.person(unique());
    const order: string[] = [];
    const held: (() => void)[] = [];
    scene.hub.intercept = async () => {
      await new Promise<void>((resolve) => held.push(resolve));
      order.push("hub");
      return false;
    };
    for (const token of [as, stranger]) {
      expect((await dashboard(token)).status).toBe(200);
      order.push("dashboard");
    }
    scene.hub.intercept = () => false;
    for (const release of held) release();
    expect(held.length).toBeGreaterThan(0);
    await until(async () => order.includes("hub"), "the hub answers");
    expect(order.slice(0, 2)).toEqual(["dashboard", "dashboard"]);
  });

  it("says 401 without a token, in both languages", async () => {
    for (const [language, detail] of [
      ["fa", "توکن منقضی شده یا نامعتبر است"],
      ["en", expect.any(String)],
    ] as const) {
      const headers = { "accept-language": language };
      for (const [method, url] of [
        ["GET", "/api/dashboard"],
        ["POST", "/api/jupyter/launch"],
      ] as const) {
        const answer = await call(scene.stoa, method, url, { as: "not.a.token", headers });
        expect(answer).toMatchObject({ status: 401, json: { detail } });
      }
    }
  });
});

describe("without a hub", () => {
  let bare: HubScene;
  beforeAll(async () => {
    bare = await startHubScene({ JUPYTERHUB_API_URL: "" });
  });
  afterAll(() => bare.close());

  it("people register, see a dashboard, and are told at the launch", async () => {
    const as = await bare.person("alone");
    const seen = await call(bare.stoa, "GET", "/api/dashboard", { as });
    expect(seen).toMatchObject({
      status: 200,
      json: { jupyter_status: { status: "unavailable", server_active: false } },
    });
    for (const language of languages) {
      const headers = { "accept-language": language };
      const answer = await call(bare.stoa, "POST", "/api/jupyter/launch", { as, headers });
      expect(answer).toMatchObject({ status: 503, json: { detail: TEXTS.unreachable[language] } });
    }
    expect(bare.hub.calls).toEqual([]);
  });
});
