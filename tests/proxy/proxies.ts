/** The proxies that are compared, each in front of the same program. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openSession } from "../support/open-session.ts";
import { signIn } from "../support/portal-client.ts";
import { discard, startStoa } from "../support/stoa-process.ts";
import { dial } from "./peer.ts";
import type { CaseProxy } from "./trial.ts";

export interface RunningProxy extends CaseProxy {
  /** What it printed, where that is known. */
  readonly output?: () => string;
  stop(): Promise<void>;
}

const NGINX = "/usr/sbin/nginx";

/** A server of ours with one session, whose program is a pipe to the given port. */
export async function startOurs(
  upstreamPort: number,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningProxy> {
  const stoa = await startStoa({
    main: join(import.meta.dirname, "stoa-with-relay.ts"),
    env: { TEST_UPSTREAM_PORT: String(upstreamPort), STOA_REQUESTS_PER_MINUTE: "0", STOA_LOG_LEVEL: "warn", ...env },
  });
  const session = await openSession(await signIn(stoa.url, "admin", stoa.adminPassword), "relay");
  return {
    name: "Stoa",
    port: Number(new URL(session.url).port),
    host: session.headers.Host as string,
    admission: [`Cookie: ${session.headers.Cookie}`, `Origin: ${session.origin}`],
    output: stoa.output,
    stop: () => discard(stoa),
  };
}

export const hasNginx = (): boolean => existsSync(NGINX);

/** As an operator would set it up for notebooks: streaming both ways, upgrades, big enough buffers. */
export async function startNginx(upstreamPort: number): Promise<RunningProxy> {
  const dir = mkdtempSync(join(tmpdir(), "stoa-nginx-"));
  const port = await freePort();
  writeFileSync(join(dir, "nginx.conf"), nginxConfig(dir, port, upstreamPort));
  const child = spawn(NGINX, ["-p", dir, "-c", join(dir, "nginx.conf")], { stdio: ["ignore", "ignore", "inherit"] });
  await listening(port);
  return {
    name: "nginx",
    port,
    host: `localhost:${port}`,
    admission: [],
    async stop() {
      await ended(child);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function nginxConfig(dir: string, port: number, upstreamPort: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (what) => `${what}_temp_path ${dir}/${what};`,
  );
  return `daemon off; worker_processes 1; pid ${dir}/pid; error_log ${dir}/error.log crit;
events { worker_connections 512; }
http {
  access_log off; ${temporary.join(" ")}
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream program { server 127.0.0.1:${upstreamPort}; keepalive 16; }
  server {
    listen 127.0.0.1:${port};
    client_max_body_size 0;
    location / {
      proxy_pass http://program;
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_buffer_size 64k;
      proxy_buffers 4 64k;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
    }
  }
}
`;
}

export async function startChp(upstreamPort: number): Promise<RunningProxy> {
  const bin = createRequire(import.meta.url).resolve("configurable-http-proxy/bin/configurable-http-proxy");
  const [port, api] = [await freePort(), await freePort()];
  const child = spawn(
    process.execPath,
    [
      ...[bin, "--ip=127.0.0.1", `--port=${port}`, `--api-port=${api}`, "--log-level=error"],
      `--default-target=http://127.0.0.1:${upstreamPort}`,
    ],
    { stdio: "ignore", env: { ...process.env, CONFIGPROXY_AUTH_TOKEN: "c".repeat(32) } },
  );
  await listening(port);
  return {
    name: "configurable-http-proxy",
    port,
    host: `localhost:${port}`,
    admission: [],
    stop: () => ended(child),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === "object" ? address.port : 0));
    });
  });
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const peer = await dial(port).catch(() => null);
    if (peer !== null) return void peer.socket.destroy();
    await sleep(50);
  }
  throw new Error(`nobody listens on ${port}`);
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
