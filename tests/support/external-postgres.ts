import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

/** A PostgreSQL of the distribution (15 on Debian 12), not ours: what DATABASE_URL names in production. */
export interface ExternalPostgres {
  readonly url: string;
  readonly pid: number;
  /** In the database `stoa`, as its owner. */
  query(text: string, values?: unknown[]): Promise<pg.QueryResult>;
  /** Immediate shutdown, as a crash; the port stays ours. */
  crash(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const BIN = "/usr/lib/postgresql/15/bin";

/** True when the peer is here; with STOA_PEERS=required its absence is an error, never a skip. */
export function hasExternalPostgres(): boolean {
  const there = existsSync(join(BIN, "postgres"));
  if (!there && process.env.STOA_PEERS === "required") {
    throw new Error("PostgreSQL 15 is required here: apt-get install postgresql-15");
  }
  return there;
}

/** A fresh cluster on a free port of loopback, trusting loopback, with a database `stoa`. */
export async function startExternalPostgres(): Promise<ExternalPostgres> {
  const base = mkdtempSync(join(tmpdir(), "stoa-pg15-"));
  const owner = process.getuid?.() === 0 ? systemUser("postgres") : null;
  if (owner !== null) chownSync(base, owner.uid, owner.gid);
  const dir = join(base, "data");
  const options = { ...(owner ?? {}), stdio: "ignore" as const, cwd: base };
  execFileSync(
    join(BIN, "initdb"),
    ["-D", dir, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
    options,
  );
  const port = await freePort();
  const url = (database: string): string => `postgresql://postgres@127.0.0.1:${port}/${database}`;
  const args = [
    "-D",
    dir,
    "-p",
    String(port),
    "-k",
    base,
    "-c",
    "listen_addresses=127.0.0.1",
    "-c",
    "max_connections=200",
  ];
  let server = spawn(join(BIN, "postgres"), args, options);
  await whenAnswering(url("postgres"));
  const first = new pg.Client({ connectionString: url("postgres") });
  await first.connect();
  await first.query("CREATE DATABASE stoa");
  await first.end();
  const admin = new pg.Pool({ connectionString: url("stoa"), max: 2 });
  admin.on("error", () => {}); // it is us who cut the connections
  const ended = (signal: NodeJS.Signals): Promise<void> =>
    new Promise((resolve) => {
      if (server.exitCode !== null || server.signalCode !== null) return resolve();
      server.once("exit", () => resolve());
      server.kill(signal);
    });
  return {
    url: url("stoa"),
    get pid() {
      return server.pid as number;
    },
    query: (text, values) => admin.query(text, values),
    crash: () => ended("SIGQUIT"),
    async restart() {
      server = spawn(join(BIN, "postgres"), args, options);
      await whenAnswering(url("postgres"));
    },
    async stop() {
      await admin.end();
      await ended("SIGINT");
      rmSync(base, { recursive: true, force: true });
    },
  };
}

function systemUser(name: string): { uid: number; gid: number } {
  const read = (flag: string): number => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  return { uid: read("-u"), gid: read("-g") };
}

async function whenAnswering(url: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.query("SELECT 1");
      return;
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      await client.end().catch(() => {});
    }
  }
}

/** A port of loopback that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
