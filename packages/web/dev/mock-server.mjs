// Looks like the server to the portal: `node dev/mock-server.mjs [port] [typical|empty|absurd|slow|error|signed-out]`.
// Serves dist/ with the real content security policy. For looking at pages; tests use the real server.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { WebSocketServer } from "ws";
import { admin, ago, makeData } from "./mock-data.mjs";

const port = Number(process.argv[2] ?? 8090);
const mode = process.argv[3] ?? "typical";
const data = makeData(mode);
const dist = join(import.meta.dirname, "../dist");
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
};
const csp =
  "default-src 'self'; script-src 'self' 'nonce-x'; style-src 'self' 'nonce-x'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
let signedIn = mode !== "signed-out";
let locale = null;

const refusal =
  mode === "absurd" ? "Sessions on this machine are for administrators only, until isolation is set up." : null;
const stop = (id) => {
  Object.assign(
    data.sessions.find((one) => one.id === id),
    { status: "complete", ended_at: ago(0), exit_status: 0 },
  );
  return { state: "queued" };
};
const page = (items) => ({ items, next_cursor: null });
const uws = (rest) => ({ success: true, message: "Successful.", data: rest });
const session = () => ({
  account: signedIn ? { ...admin, locale } : null,
  csrf_token: "c",
  registration: "open",
  default_locale: "en",
  version: "0.1.0",
  features: {},
  must_change_password: false,
});
class Problem extends Error {
  constructor(status, code, detail) {
    super(detail);
    Object.assign(this, { status, code });
  }
}

const routes = [
  ["GET", /^\/api\/stoa\/v1\/auth\/session$/, () => session()],
  [
    "POST",
    /^\/api\/stoa\/v1\/auth\/sign-in$/,
    (_, body) => {
      if (body.password === "wrong") throw new Problem(401, "wrong_password", "The username or the password is wrong.");
      signedIn = true;
      return session();
    },
  ],
  [
    "POST",
    /^\/api\/stoa\/v1\/auth\/sign-out$/,
    () => {
      signedIn = false;
      return {};
    },
  ],
  ["POST", /^\/api\/stoa\/v1\/auth\/reset\/request$/, () => ({})],
  [
    "GET",
    /^\/api\/stoa\/v1\/system\/health$/,
    () =>
      mode === "error"
        ? { state: "degraded", reasons: [{ part: "disk", message: "The disk of the data directory is 97 % full." }] }
        : { state: "ok", reasons: [] },
  ],
  [
    "PATCH",
    /^\/api\/stoa\/v1\/account$/,
    (_, body) => {
      locale = body.locale ?? locale;
      return { ...admin, ...body };
    },
  ],
  ["GET", /^\/api\/stoa\/v1\/account\/tokens$/, () => page(data.tokens)],
  [
    "POST",
    /^\/api\/stoa\/v1\/account\/tokens$/,
    () => ({ key_id: "new-key-id-one", token: "zpat_4Kx8mPq2vN7rT1wY5zB9cD3fG6hJ0kLm" }),
  ],
  [
    "GET",
    /^\/api\/stoa\/v1\/people$/,
    (url) =>
      page(
        data.people
          .filter((p) => JSON.stringify(p).includes(url.searchParams.get("search") ?? ""))
          .map((p) => ({ active: true, ...p })),
      ),
  ],
  [
    "POST",
    /^\/api\/stoa\/v1\/people\/\d+\/reset-link$/,
    () => ({
      url: "http://127.0.0.1:8080/portal/reset#token=abcdefghijklmnopqrstuvwxyz0123456789",
      expires_at: ago(-60),
    }),
  ],
  [
    "GET",
    /^\/api\/stoa\/v1\/operations$/,
    (url) =>
      page(data.operations.filter((o) => !url.searchParams.get("state") || o.state === url.searchParams.get("state"))),
  ],
  ["GET", /^\/api\/stoa\/v1\/operations\/([\w-]+)$/, (url, _, [id]) => data.operations.find((o) => o.id === id)],
  ["GET", /^\/api\/stoa\/v1\/audit$/, () => page(data.audit)],
  [
    "GET",
    /^\/api\/stoa\/v1\/audit\/verification$/,
    () => ({ ok: true, complete: true, entries: 100_412, sealed: 100_400, problems: [], at: ago(2) }),
  ],
  [
    "GET",
    /^\/api\/stoa\/v1\/workspaces\/(\d+)\/files$/,
    (url, _, [id]) => ({
      path: url.searchParams.get("path") ?? "",
      ...page(url.searchParams.get("path") ? [] : (data.files[id] ?? [])),
    }),
  ],
  ["PUT", /^\/api\/stoa\/v1\/workspaces\/(\d+)\/files\/content$/, () => ({})],
  [
    "DELETE",
    /^\/api\/stoa\/v1\/workspaces\/(\d+)\/files$/,
    (url, _, [id]) => {
      data.files[id] = data.files[id].filter((f) => f.path !== url.searchParams.get("path"));
      return { id: 4 };
    },
  ],
  ["GET", /^\/api\/stoa\/v1\/trash$/, () => page(data.trash)],
  ["POST", /^\/api\/stoa\/v1\/trash\/\d+\/restore$/, () => ({})],
  [
    "GET",
    /^\/api\/stoa\/v1\/sessions$/,
    (url) =>
      page(data.sessions.filter((s) => !url.searchParams.get("live") || !["complete", "failed"].includes(s.status))),
  ],
  ["GET", /^\/api\/stoa\/v1\/sessions\/(\d+)$/, (url, _, [id]) => data.sessions.find((s) => s.id === Number(id))],
  [
    "GET",
    /^\/api\/stoa\/v1\/sessions\/(\d+)\/log$/,
    () => "$ ls\r\n\x1b[34mdata\x1b[0m  README.md  reef.csv\r\n$ exit\r\n",
  ],
  [
    "GET",
    /^\/api\/stoa\/v1\/session-types$/,
    () => ({
      items: [
        { id: "terminal", name: "Terminal", icon: "terminal", parameters: ["num_cpus", "memory_mb"], refused: null },
        { id: "local_test_job", name: "Local test job", icon: "flask", parameters: [], refused: refusal },
      ],
    }),
  ],
  ["POST", /^\/api\/stoa\/v1\/sessions$/, () => data.sessions[0]],
  ["POST", /^\/api\/stoa\/v1\/sessions\/(\d+)\/stop$/, (_url, _, [id]) => stop(Number(id))],
  [
    "GET",
    /^\/parameters\/$/,
    () =>
      uws({
        parameters: [
          {
            display_name: "CPUs",
            description: "",
            variable_name: "num_cpus",
            default_value: 1,
            validation: { type: "int", min: 1, max: 4, required: true },
          },
          {
            display_name: "Memory",
            description: "",
            variable_name: "memory_mb",
            default_value: 1024,
            validation: { type: "int", min: 1024, max: 8192, required: true },
          },
          {
            display_name: "GPU",
            description: "",
            variable_name: "gpu_enabled",
            default_value: false,
            validation: { type: "bool" },
          },
        ],
      }),
  ],
  ["GET", /^\/workspaces\/$/, () => uws({ workspaces: data.workspaces })],
  [
    "GET",
    /^\/workspaces\/(\d+)\/$/,
    (url, _, [id]) => uws({ workspaces: data.workspaces.filter((w) => w.id === Number(id)) }),
  ],
  [
    "POST",
    /^\/workspaces\/$/,
    (_, body) => {
      const workspace = {
        ...makeData("typical").workspaces[2],
        id: 77,
        name: body.name,
        description: body.description,
      };
      data.workspaces.unshift(workspace);
      data.files[77] = body.workspace_details.files.map((f) => ({
        name: f.name,
        path: f.name,
        type: "file",
        size: f.content.length,
        modified_at: ago(0),
      }));
      return uws({ workspace });
    },
  ],
  [
    "PUT",
    /^\/jobs\/(\d+)\/stop\/$/,
    (url, _, [id]) => {
      Object.assign(
        data.sessions.find((s) => s.id === Number(id)),
        { status: "complete", ended_at: ago(0), exit_status: 0 },
      );
      return uws({});
    },
  ],
];

const server = createServer(async (req, res) => {
  const url = new URL(req.url, "http://mock");
  if (url.pathname === "/") return res.writeHead(302, { location: "/portal" }).end();
  if (url.pathname.startsWith("/portal")) return sendFile(url.pathname, res);
  if (url.pathname === "/api/stoa/v1/events")
    return res.writeHead(200, { "content-type": "text/event-stream" }).write(": hello\n\n");
  const parts = [];
  for await (const part of req) parts.push(part);
  try {
    answer(req, res, url, Buffer.concat(parts));
  } catch (error) {
    const status = error.status ?? 500;
    res
      .writeHead(status, { "content-type": "application/problem+json" })
      .end(JSON.stringify({ status, code: error.code ?? "defect", detail: error.message, request_id: "01J9-mock-7" }));
  }
});

function answer(req, res, url, raw) {
  if (req.method !== "GET" && req.headers["x-csrf-token"] !== "c" && !url.pathname.includes("sign-in"))
    throw new Problem(403, "csrf", "No CSRF token.");
  const found = routes.find(([method, pattern]) => method === req.method && pattern.test(url.pathname));
  if (!found) throw new Problem(404, "not_found", `There is no ${url.pathname} here.`);
  const isSession = url.pathname.includes("/auth/");
  if (mode === "slow" && !isSession) return;
  if (mode === "error" && !isSession && !url.pathname.includes("health"))
    throw new Problem(503, "unavailable", "The database is not available now. Nothing was changed. Try again shortly.");
  const isJson = req.headers["content-type"]?.includes("json");
  const body = found[2](url, isJson && raw.length > 0 ? JSON.parse(raw) : {}, found[1].exec(url.pathname).slice(1));
  if (body === undefined) throw new Problem(404, "not_found", "There is no such thing here.");
  const text = typeof body === "string";
  res
    .writeHead(200, { "content-type": text ? "text/plain; charset=utf-8" : "application/json" })
    .end(text ? body : JSON.stringify(body));
}

async function sendFile(pathname, res) {
  const name = normalize(pathname.slice("/portal".length));
  const path = extname(name) === "" ? "index.html" : name;
  const content = await readFile(join(dist, path)).catch(() => null);
  if (!content) return res.writeHead(404).end();
  res
    .writeHead(200, {
      "content-type": types[extname(path)] ?? "application/octet-stream",
      "content-security-policy": csp,
    })
    .end(content);
}

const sockets = new WebSocketServer({ noServer: true });
server.on("upgrade", (req, socket, head) => {
  sockets.handleUpgrade(req, socket, head, (ws) => {
    const greeting = Buffer.from(
      "\x1b[32mada@reef\x1b[0m:\x1b[34m~/reef\x1b[0m$ ls\r\ndata  figures  README.md  reef.csv\r\n\x1b[32mada@reef\x1b[0m:\x1b[34m~/reef\x1b[0m$ ",
    );
    ws.send(
      JSON.stringify({
        type: "hello",
        job_id: 31,
        cols: 80,
        rows: 24,
        replay: greeting.length,
        printed: greeting.length,
      }),
    );
    ws.send(greeting);
    ws.on("message", (message, binary) => {
      if (binary) return ws.send(message.toString() === "\r" ? Buffer.from("\r\n$ ") : message);
      const frame = JSON.parse(message.toString());
      if (frame.type === "resize") ws.send(JSON.stringify({ ...frame, type: "size" }));
    });
  });
});
server.listen(port, "127.0.0.1", () => console.log(`mock (${mode}) at http://127.0.0.1:${port}/portal`));
