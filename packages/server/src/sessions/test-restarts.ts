import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll } from "vitest";
import { createGround, type Ground } from "./test-ground.ts";
import { startSessions, type TestSessions } from "./test-sessions-server.ts";

/** Servers that come and go on one database and one data directory. */
export interface Restarts {
  readonly ground: Ground;
  /** Ended after the test, unless `stop` did so before. */
  start(changes?: { nodeId?: string; dataDir?: string }): Promise<TestSessions>;
  stop(server: TestSessions): Promise<void>;
  /** What a session's host keeps in the data directory. */
  runFile(jobId: number, name: string): string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads rows loosely
  rows(text: string, values?: unknown[]): Promise<any[]>;
}

/** For a test file: made before its tests, and cleared after them. */
export function useRestarts(): Restarts {
  let ground: Ground;
  const servers: TestSessions[] = [];
  const shell = process.env.SHELL;
  beforeAll(async () => {
    process.env.SHELL = "/bin/sh";
    ground = await createGround();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });
  afterAll(async () => {
    if (shell === undefined) delete process.env.SHELL;
    else process.env.SHELL = shell;
    await ground.clear();
  });
  return {
    get ground() {
      return ground;
    },
    async start({ dataDir = ground.dataDir, ...rest } = {}) {
      const server = await startSessions({ ...ground, dataDir }, rest);
      servers.push(server);
      return server;
    },
    async stop(server) {
      servers.splice(servers.indexOf(server), 1);
      await server.stop();
    },
    runFile: (jobId, name) => join(ground.dataDir, "run", "sessions", String(jobId), name),
    rows: async (text, values = []) => (await ground.database.pool.query(text, values)).rows,
  };
}

/** Whether a process is there, and not only its number. */
export function runs(pid: number): boolean {
  const status = `/proc/${pid}/status`;
  return existsSync(status) && !/^State:\s+Z/m.test(readFileSync(status, "utf8"));
}
