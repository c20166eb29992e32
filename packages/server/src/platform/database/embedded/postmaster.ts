import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { chown, open, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { StartError } from "../../errors/start-error.ts";
import { connectionString } from "../connection-string.ts";
import { isRunning, type ProcessIdentity, readProcess } from "../process-identity.ts";
import type { PostgresBinaries } from "./binaries.ts";
import type { ClusterLayout } from "./layout.ts";
import { CLUSTER_OWNER, type ClusterPasswords } from "./passwords.ts";
import type { ServiceAccount } from "./service-account.ts";
import { stopPostmaster } from "./stop-postmaster.ts";

/** A running server of ours. */
export interface Postmaster extends ProcessIdentity {
  readonly host: string;
  readonly port: number;
}

export interface PostmasterOptions {
  readonly layout: ClusterLayout;
  readonly binaries: PostgresBinaries;
  readonly account: ServiceAccount | null;
  readonly passwords: ClusterPasswords;
  /** `postgresql.conf` names and values besides ours. */
  readonly settings: Readonly<Record<string, string>>;
  /** Gives up a start. */
  readonly signal?: AbortSignal;
}

/** Crash recovery replays what was not yet written; on a slow disk that takes its time. */
const READY_WITHIN_MS = 300_000;

/**
 * Starts the server in a session of its own: neither Ctrl-C at the terminal nor our own death ends it.
 * Resolves when it takes connections; after an error it doesn't run.
 * @param fixedPort where it must be again; left out: any free port where a socket won't do.
 */
export async function startPostmaster(options: PostmasterOptions, fixedPort?: number): Promise<Postmaster> {
  const { layout, binaries, account } = options;
  const host = layout.socketDirectory ?? "127.0.0.1";
  const port = fixedPort ?? (layout.socketDirectory ? 5432 : await freePort());
  const log = openSync(layout.log, "a", 0o600);
  const logStart = await prepareLog(layout, account);
  const child = spawn(binaries.postgres, postmasterArguments(options, port), {
    cwd: layout.home,
    env: { LC_ALL: "C", TZ: "UTC" },
    detached: true,
    stdio: ["ignore", log, log],
    ...account,
  });
  closeSync(log);
  const failed = new Promise<Error>((resolve) => child.once("error", resolve));
  const pid = child.pid;
  if (pid === undefined) throw await notStarted(layout, logStart, await failed);
  child.unref();
  const postmaster = { pid, startTime: readProcess(pid)?.startTime ?? "0", host, port };
  try {
    if (await becomesReady(postmaster, options)) return postmaster;
    throw await notStarted(layout, logStart);
  } catch (error) {
    await stopPostmaster(postmaster);
    throw error;
  }
}

/** What the server is told on its command line; the same line again means an orphan can be adopted. */
export function postmasterArguments(options: PostmasterOptions, port: number): string[] {
  const socket = options.layout.socketDirectory;
  const settings: Record<string, string> = {
    listen_addresses: socket ? "" : "127.0.0.1",
    unix_socket_directories: socket ?? "",
    // The folder it lies in says who else comes to it.
    unix_socket_permissions:
      options.layout.socketDirectory === path.join(options.layout.home, "socket") ? "0700" : "0777",
    port: String(port),
    max_connections: "100",
    shared_buffers: "128MB",
    log_timezone: "UTC",
    timezone: "UTC",
    log_min_messages: "warning",
    log_line_prefix: "%m [%p] %a ",
    ...options.settings,
  };
  const pairs = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return ["-D", options.layout.data, ...pairs];
}

/** Waits until it takes connections; false when it ended. Another server at its address is not taken for it. */
export async function becomesReady(postmaster: Postmaster, options: PostmasterOptions): Promise<boolean> {
  const url = ownerUrl(postmaster, options.passwords);
  const deadline = Date.now() + READY_WITHIN_MS;
  for (let pause = 10; Date.now() < deadline; pause = Math.min(pause * 1.5, 250)) {
    options.signal?.throwIfAborted();
    if ((await hasCluster(postmaster, options.layout)) && (await answers(url))) {
      if (await hasCluster(postmaster, options.layout)) return true;
    }
    if (!isRunning(postmaster)) return false;
    await sleep(pause);
  }
  throw new StartError(
    `The embedded PostgreSQL (process ${postmaster.pid}) took no connections for ${READY_WITHIN_MS / 1000} s.`,
    "It may still be recovering from a crash: look at postgres/postgres.log in the data directory, and start again.",
  );
}

/** The superuser's address. */
export function ownerUrl({ host, port }: Pick<Postmaster, "host" | "port">, passwords: ClusterPasswords): string {
  return connectionString({ user: CLUSTER_OWNER, password: passwords.owner, database: "postgres", host, port });
}

/** True when `postmaster.pid`, which the server writes before it listens, names this very process. */
async function hasCluster(postmaster: Postmaster, layout: ClusterLayout): Promise<boolean> {
  const text = await readFile(path.join(layout.data, "postmaster.pid"), "utf8").catch(() => "");
  return Number(text.split("\n")[0]) === postmaster.pid && isRunning(postmaster);
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code?.startsWith("28")) {
      throw new StartError(
        "The embedded PostgreSQL refuses the password in keys/postgres.json of the data directory.",
        "Put that file back from a copy, or remove it: new passwords are then set at the next start.",
        { cause: error },
      );
    }
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve, reject) => server.once("listening", resolve).once("error", reject));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}

/** @returns the log's present length: what follows is of this start. */
async function prepareLog(layout: ClusterLayout, account: ServiceAccount | null): Promise<number> {
  if (account) await chown(layout.log, account.uid, account.gid);
  const handle = await open(layout.log, "r");
  try {
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

async function notStarted(layout: ClusterLayout, logStart: number, cause?: Error): Promise<StartError> {
  const handle = await open(layout.log, "r");
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, logStart);
  await handle.close();
  const said = cause?.message ?? buffer.subarray(0, bytesRead).toString("utf8").trim();
  return new StartError(
    `The embedded PostgreSQL did not start. It said:\n${said}`,
    `Mend what it says (the whole log is ${layout.log}), or set DATABASE_URL to a PostgreSQL of your own.`,
    { cause },
  );
}
