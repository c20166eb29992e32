import { dirname, join } from "node:path";
import { pino } from "pino";
import type { Processes } from "../../../platform/processes/contract.ts";
import { createProcesses } from "../../../platform/processes/processes.ts";
import { createTestBroker, type TestBroker } from "../../../platform/processes/testing-broker.ts";
import { createTestDatabase, type TestDatabase } from "../../../testing/test-database.ts";
import type { Resource } from "../contract.ts";
import { createLocalResource, type LocalOptions } from "./local.ts";
import type { LocalMeans } from "./means/local-means.ts";

export const limits = { scrollbackBytes: 64_000, logBytes: 256_000, graceSeconds: 0.5, lingerSeconds: 0.2 };

/** A broker, a database and a run directory, where each person's sessions run as their own account. As root only. */
export interface OwnersGround {
  readonly broker: TestBroker;
  readonly database: TestDatabase;
  readonly processes: Processes;
  readonly runDirectory: string;
  open(means?: LocalMeans, changes?: Partial<LocalOptions>): Resource;
  close(): Promise<void>;
}

export async function createOwnersGround(): Promise<OwnersGround> {
  const [broker, database] = await Promise.all([createTestBroker(), createTestDatabase()]);
  const log = pino({ level: "silent" });
  const audit = { record: async () => undefined };
  const processes = createProcesses({ db: database.db, audit, link: broker.link, range: broker.range, log });
  const runDirectory = join(broker.dataDir, "run", "sessions");
  const opened: Resource[] = [];
  return {
    broker,
    database,
    processes,
    runDirectory,
    open(means, changes = {}) {
      const places = { writable: [], hidden: [broker.dataDir], readable: [dirname(process.execPath)] };
      const apart = means === undefined ? {} : { apart: { means, places, homes: join(broker.dataDir, "homes") } };
      const resource = createLocalResource({ runDirectory, limits, people: processes, ...apart, ...changes });
      opened.push(resource);
      return resource;
    },
    async close() {
      for (const one of opened) one.close();
      await broker.close();
      await database.drop();
    },
  };
}
