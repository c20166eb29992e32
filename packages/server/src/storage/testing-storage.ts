import { mkdir, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { InjectOptions } from "fastify";
import type { Config } from "../config/schema.ts";
import { type AccountsServer, type Answer, createAccountsServer, type TestPerson } from "../testing/accounts-server.ts";
import { removeDirectory } from "../testing/remove-directory.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import { testConfig } from "../testing/test-platform.ts";
import type { StorageDriver } from "./drivers/contract.ts";
import type { RescueFiles } from "./rescue/rescue-files.ts";
import { createStorage, type Storage } from "./storage.ts";

export const KEY = "a key of the tests, long enough";

export interface StorageServer {
  readonly server: AccountsServer;
  readonly storage: Storage;
  /** The base path, absolute, with all links in it resolved. */
  readonly base: string;
  readonly admin: TestPerson;
  /** With contract 1's key, as a hook asks. */
  hub(method: NonNullable<InjectOptions["method"]>, url: string, body?: unknown): Promise<Answer>;
  /** As the administrator, below `/api/stoa/v1/storage`. */
  ask(method: NonNullable<InjectOptions["method"]>, url: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

export interface StorageChanges {
  readonly storage?: Partial<Config["storage"]>;
  /** A second server on the first one's database and base path. */
  readonly beside?: StorageServer;
  /** Around the driver of the settings: what a test watches or breaks. */
  readonly driver?: (real: StorageDriver) => StorageDriver;
  /** What people have, for those who look for what takes the room. */
  readonly files?: RescueFiles;
}

/** Storage on a real database and directory, behind the real HTTP platform. Quotas are not enforced there. */
export async function createStorageServer({
  storage: changes = {},
  beside,
  driver,
  files,
}: StorageChanges = {}): Promise<StorageServer> {
  const dataDir = beside?.server.platform.config.dataDir ?? (await newDirectory());
  const base = changes.basePath ?? beside?.base ?? path.join(dataDir, "base");
  if (beside === undefined && changes.basePath === undefined) await mkdir(base, { mode: 0o711 });
  const defaults = testConfig();
  const owner = { uid: process.getuid?.() || 1000, gid: process.getgid?.() || 1000 };
  const config = {
    dataDir,
    apiKey: KEY,
    storage: { ...defaults.storage, ...owner, enforcement: "off" as const, ...changes, basePath: base },
  };
  let made: Promise<Storage> | undefined;
  const server = await createAccountsServer({
    config,
    ...(beside === undefined ? {} : { database: beside.server.database as TestDatabase }),
    onBuilt: (platform, accounts) => {
      made = createStorage(platform, {
        people: accounts,
        link: null,
        ...(driver === undefined ? {} : { wrap: driver }),
        ...(files === undefined ? {} : { files }),
      });
    },
    routes: [async (app) => void (await app.register((await (made as Promise<Storage>)).routes))],
  });
  const storage = await (made as unknown as Promise<Storage>);
  await storage.start();
  const admin = beside?.admin ?? (await server.admin());
  return {
    server,
    storage,
    base: await realpath(base).catch(() => base),
    admin,
    hub: (method, url, body) => server.call(method, url, { headers: { "x-api-key": KEY }, body }),
    ask: (method, url, body) => server.call(method, `/api/stoa/v1/storage${url}`, { as: admin, body }),
    async close() {
      await storage.stop();
      await server.close();
      if (beside === undefined) await removeDirectory(dataDir);
    },
  };
}

async function newDirectory(): Promise<string> {
  return realpath(await mkdtemp(path.join(tmpdir(), "stoa-storage-")));
}
