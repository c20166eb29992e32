import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { openWholeBrowser } from "../browser/portal-page.ts";
import { jupyterLab4, notebook6, onlyNotebook7 } from "../support/jupyter-peers.ts";
import { type PortalClient, send, signIn } from "../support/portal-client.ts";
import { discard, type StoaProcess, startStoa } from "../support/stoa-process.ts";

const lab = jupyterLab4();
const peers = [
  {
    peer: "JupyterLab 4",
    // As root, accounts and enclosures, which is what nothing set means.
    isolation: "auto",
    folder: lab,
    there: lab !== null,
    page: "/lab/tree/try.ipynb",
    output: ".jp-OutputArea-output",
    cell: ".jp-CodeCell .cm-content",
  },
  {
    peer: "Notebook 7",
    isolation: "auto",
    folder: lab === null ? null : onlyNotebook7(lab),
    there: lab !== null,
    page: "/notebooks/try.ipynb",
    output: ".jp-OutputArea-output",
    cell: ".jp-CodeCell .cm-content",
  },
  {
    peer: "JupyterLab 4, with no enclosure",
    isolation: "none",
    folder: lab,
    there: lab !== null,
    page: "/lab/tree/try.ipynb",
    output: ".jp-OutputArea-output",
    cell: ".jp-CodeCell .cm-content",
  },
  // Nothing is configured: it is found on PATH.
  {
    peer: "Debian's notebook 6",
    isolation: "auto",
    folder: null,
    there: notebook6(),
    page: "/notebooks/try.ipynb",
    output: ".output_result",
    cell: ".notebook_app:has(.kernel_idle_icon) .code_cell .CodeMirror",
  },
];

const notebook = JSON.stringify({
  cells: [{ cell_type: "code", execution_count: null, id: "a1", metadata: {}, outputs: [], source: ["6*7"] }],
  metadata: { kernelspec: { display_name: "Python 3", language: "python", name: "python3" } },
  nbformat: 4,
  nbformat_minor: 5,
});

/** Where the notebook's kernel is, as it sees it itself: in an enclosure there is no other account's process. */
const SURROUNDINGS = `
import glob, json, os, tempfile
def writable(folder):
    try:
        with tempfile.TemporaryFile(dir=folder): return True
    except OSError: return False
places = {name: writable(os.environ.get(name, name)) for name in ("HOME", "TMPDIR", "JUPYTER_RUNTIME_DIR", "/dev/shm")}
seen = {os.stat(one).st_uid for one in glob.glob("/proc/[0-9]*")}
json.dumps({"enclosed": seen == {os.getuid()}, "places": places})
`;

/** Where it works, `auto` encloses; peers that are required include bubblewrap. */
function isEnclosed(isolation: string): boolean {
  return isolation === "auto" && existsSync("/usr/bin/bwrap");
}

interface Opened {
  readonly jobId: number;
  readonly base: string;
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
}

describe.each(peers)("$peer", ({ isolation, folder, there, page, output, cell }) => {
  describe.skipIf(!there)("in a session", () => {
    let stoa: StoaProcess;
    let admin: PortalClient;
    let session: Opened;
    let configuration: string;

    beforeAll(async () => {
      configuration = mkdtempSync(join(tmpdir(), "stoa-jupyter-"));
      const file = join(configuration, "job-types.yaml");
      writeFileSync(file, JSON.stringify(folder === null ? {} : { jupyter_lab: { environment: { folder } } }));
      // Only the distribution's: whatever else this machine's own path leads to.
      stoa = await startStoa({
        env: {
          STOA_LOCAL_ISOLATION: isolation,
          STOA_JOB_TYPES: file,
          PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        },
      });
      admin = await signIn(stoa.url, "admin", stoa.adminPassword);
      session = await open(admin);
    });
    afterAll(async () => {
      if (stoa !== undefined) await discard(stoa);
      rmSync(configuration, { recursive: true, force: true });
    });

    it("runs a cell for a program, and takes no write without its XSRF token", async () => {
      const xsrf = await xsrfOf(session);
      const kernels = `${session.base}/api/kernels`;
      const bare = await send(kernels, "POST", { name: "python3" }, { ...session.headers, Origin: session.origin });
      expect(bare.status).toBe(403);
      const made = await send(kernels, "POST", { name: "python3" }, withXsrf(session, xsrf));
      expect(made.status, made.text).toBe(201);
      expect(await run(session, made.json.id, "6*7")).toBe("42");
      // Kernels talk over sockets of the person's own, not over ports that everybody can listen to.
      const asked = "__import__('ipykernel').get_connection_info(unpack=True)['transport']";
      expect(await run(session, made.json.id, asked)).toBe("'ipc'");
      const { enclosed, places } = JSON.parse(await printed(session, made.json.id, SURROUNDINGS));
      expect(enclosed).toBe(isEnclosed(isolation));
      expect(places).toEqual({ HOME: true, TMPDIR: true, JUPYTER_RUNTIME_DIR: true, "/dev/shm": true });
    });

    it("opens a terminal and writes into the workspace", async () => {
      const xsrf = await xsrfOf(session);
      const made = await send(`${session.base}/api/terminals`, "POST", {}, withXsrf(session, xsrf));
      expect(made.status, made.text).toBe(200);
      await typed(session, made.json.name, "echo in-$((40 + 2))-here\r", "in-42-here");
      const file = { type: "file", format: "text", content: "hello" };
      const put = await send(`${session.base}/api/contents/hello.txt`, "PUT", file, withXsrf(session, xsrf));
      expect(put.status, put.text).toBe(201);
      const read = await send(`${session.base}/api/contents/hello.txt`, "GET", undefined, { ...session.headers });
      expect(read.json.content).toBe("hello");
    });

    it("lets in no other host and no other origin, should one get past our door", async () => {
      const socketPath = join(stoa.dataDir, "run/sessions", String(session.jobId), "web.sock");
      const own = new URL(session.origin).host;
      expect(await ask(socketPath, { Host: own })).toBe(200);
      expect(await ask(socketPath, { Host: "elsewhere.example" })).toBe(403);
      const upgrade = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" };
      const socket = { ...upgrade, Host: own, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==" };
      const path = "/api/events/subscribe";
      const status = await ask(socketPath, { ...socket, Origin: "http://elsewhere.example" }, path);
      expect([403, 404]).toContain(status);
    });

    it("runs a cell in Chromium", async () => {
      let browser: Browser | null = null;
      try {
        browser = await openWholeBrowser();
        const tab = await (await browser.newContext()).newPage();
        const ticket = await admin.call("POST", `/api/stoa/v1/sessions/${session.jobId}/ticket`);
        await tab.goto(ticket.json.url as string);
        await tab.goto(session.origin + page);
        // A page that is still connecting to its kernel takes no notice of the keys: then they are pressed once more.
        const press = async (): Promise<string[]> => {
          await tab.locator(cell).first().click({ timeout: 60_000 });
          await tab.keyboard.press("Shift+Enter");
          const shown = tab.locator(output);
          await shown
            .first()
            .waitFor({ timeout: 15_000 })
            .catch(() => undefined);
          return await shown.allInnerTexts();
        };
        await expect.poll(press, { timeout: 90_000 }).toContainEqual(expect.stringContaining("42"));
      } finally {
        await browser?.close();
      }
    });
  });
});

/** Starts Jupyter in a workspace with a notebook in it and opens it with a ticket, as a browser does. */
async function open(client: PortalClient): Promise<Opened> {
  const made = await client.call("POST", "/workspaces/", {
    name: "jupyter",
    description: "",
    workspace_details: { files: [{ name: "try.ipynb", content: notebook }] },
  });
  const workspaceId = made.json.data.workspace.id as number;
  const started = await client.call("PUT", `/workspaces/${workspaceId}/start/`, { job_type: "jupyter_lab" });
  expect(started.status, started.text).toBe(200);
  const jobId = started.json.data.job.id as number;
  for (const until = Date.now() + 90_000; ; await sleep(200)) {
    const seen = (await client.call("GET", `/api/stoa/v1/sessions/${jobId}`)).json;
    if (seen.ready) break;
    if (seen.ended_at !== null || Date.now() > until) {
      const log = await client.call("GET", `/api/stoa/v1/sessions/${jobId}/log`);
      throw new Error(`not ready: ${JSON.stringify(seen)}\n${log.text}`);
    }
  }
  const ticket = await client.call("POST", `/api/stoa/v1/sessions/${jobId}/ticket`);
  const link = new URL(ticket.json.url as string);
  const base = `http://127.0.0.1:${link.port}`;
  const opened = await send(base + link.pathname + link.search, "GET", undefined, { Host: link.host });
  const cookie = opened.headers.get("set-cookie")?.split(";")[0] ?? "";
  return {
    jobId,
    base,
    origin: link.origin,
    // What a browser says of a page's own requests.
    headers: { Host: link.host, Cookie: cookie, "Sec-Fetch-Site": "same-origin" },
  };
}

async function xsrfOf(session: Opened): Promise<string> {
  const answer = await send(`${session.base}/tree`, "GET", undefined, { ...session.headers });
  const cookies = answer.headers.get("set-cookie") ?? "";
  const found = /(?:^|[\s,])_xsrf=([^;]+)/.exec(cookies)?.[1];
  if (found === undefined) throw new Error(`no _xsrf cookie: ${answer.status} ${cookies} ${answer.text.slice(0, 300)}`);
  return found;
}

function withXsrf(session: Opened, xsrf: string): Record<string, string> {
  return {
    ...session.headers,
    Cookie: `${session.headers.Cookie}; _xsrf=${xsrf}`,
    Origin: session.origin,
    "X-XSRFToken": xsrf,
  };
}

/** Runs code over the kernel's WebSocket; its result as text. */
async function run(session: Opened, kernelId: string, code: string): Promise<string> {
  const url = `${session.base.replace("http", "ws")}/api/kernels/${kernelId}/channels`;
  const socket = new WebSocket(url, { headers: { ...session.headers, Origin: session.origin } });
  try {
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    const id = randomUUID();
    const answer = new Promise<string>((resolve, reject) => {
      setTimeout(reject, 60_000, new Error("no result"));
      socket.on("message", (data) => {
        const message = JSON.parse(data.toString());
        if (message.parent_header.msg_id !== id) return;
        if (message.msg_type === "execute_result") resolve(message.content.data["text/plain"]);
        if (message.msg_type === "error") reject(new Error(message.content.evalue));
      });
    });
    const header = { msg_id: id, msg_type: "execute_request", username: "", session: randomUUID(), version: "5.3" };
    const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    const date = new Date().toISOString();
    const message = { header: { ...header, date }, parent_header: {}, metadata: {}, content, channel: "shell" };
    socket.send(JSON.stringify(message));
    return await answer;
  } finally {
    socket.terminate();
  }
}

/** Types into a terminal over its WebSocket, until that is seen there. */
async function typed(session: Opened, name: string, text: string, wanted: string): Promise<void> {
  const url = `${session.base.replace("http", "ws")}/terminals/websocket/${name}`;
  const socket = new WebSocket(url, { headers: { ...session.headers, Origin: session.origin } });
  let shown = "";
  socket.on("message", (data) => {
    const [kind, part] = JSON.parse(data.toString()) as [string, string];
    if (kind === "stdout") shown += part;
  });
  try {
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    socket.send(JSON.stringify(["stdin", text]));
    await expect.poll(() => shown, { timeout: 30_000 }).toContain(wanted);
  } finally {
    socket.terminate();
  }
}

/** What the last expression's text says, without the quotes that Python shows it in. */
async function printed(session: Opened, kernelId: string, code: string): Promise<string> {
  return (await run(session, kernelId, code)).slice(1, -1);
}

/** The status that Jupyter itself answers with on its socket. */
function ask(socketPath: string, headers: Record<string, string>, path = "/api/kernelspecs"): Promise<number> {
  return new Promise((resolve, reject) => {
    const req = request({ socketPath, path, headers, setHost: false }, (res) => {
      res.resume();
      resolve(res.statusCode ?? 0);
    });
    req.on("upgrade", (_res, socket) => {
      socket.destroy();
      resolve(101);
    });
    req.on("error", reject).end();
  });
}
