import { mkdir, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Config } from "../../config/schema.ts";
import { type AccountsServer, createAccountsServer, type TestPerson } from "../../testing/accounts-server.ts";
import { removeDirectory } from "../../testing/remove-directory.ts";
import { testConfig } from "../../testing/test-platform.ts";
import { createWorkspaces, type Workspaces } from "../../workspaces/workspaces.ts";
import type { StorageDriver } from "../drivers/contract.ts";
import { createStorage, type Storage } from "../storage.ts";
import { KEY } from "../testing-storage.ts";

/** Accounts, workspaces and storage together, in one process. */
export interface HousingServer {
  readonly server: AccountsServer;
  readonly workspaces: Workspaces;
  readonly storage: Storage;
  readonly admin: TestPerson;
  /** Of whoever is asked about. */
  readonly liveSessions: { count: number };
  /** Absolute, without links in it. */
  readonly dataDir: string;
  readonly base: string;
  /** Makes a workspace for somebody, with a file `a`; its id. Refused: the answer's status. */
  makeWorkspace(person: TestPerson): Promise<number>;
  close(): Promise<void>;
}

/** @param wrap around the driver of the settings */
export async function createHousingServer(
  changes: Partial<Config["storage"]> = {},
  wrap: (driver: StorageDriver) => StorageDriver = (driver) => driver,
): Promise<HousingServer> {
  const dataDir = await realpath(await mkdtemp(path.join(tmpdir(), "stoa-housing-")));
  const base = path.join(dataDir, "base");
  await mkdir(base, { mode: 0o711 });
  const own = { uid: process.getuid?.() || 1000, gid: process.getgid?.() || 1000 };
  const storageConfig = { ...own, enforcement: "off", workspaces: "inside", basePath: base, ...changes } as const;
  const liveSessions = { count: 0 };
  let workspaces: Workspaces | undefined;
  let made: Promise<Storage> | undefined;
  const storage = (): Promise<Storage> => made as Promise<Storage>;
  const room = {
    of: async (id: number) => (await storage()).roomInside(id),
    recount: (id: number) => void storage().then((running) => running.recountOf(id)),
    address: () => "https://stoa.example.org/portal",
  };
  const server = await createAccountsServer({
    config: { dataDir, apiKey: KEY, storage: { ...testConfig().storage, ...storageConfig } },
    onBuilt(platform, accounts) {
      const built = createWorkspaces(platform, accounts, new Set(["terminal"]), undefined, room, {
        house: async (id) => void (await (await storage()).house(id)),
        enter: async (id) => (await storage()).enter(id),
        sharedFolders: async (id) => (await storage()).sharedFolders(id),
        shareFolder: async (id, group) => (await storage()).shareFolder(id, group),
        snapshotsOf: async (id, anew) => (await storage()).snapshotsOf(id, anew),
      });
      workspaces = built;
      accounts.contribute(built.accountPart);
      const belongings = async (id: number) => {
        const { workspaces: count = 0, in_trash: inTrash = 0 } = await built.accountPart.owned(id);
        return { workspaces: count, inTrash, sessions: 0, bytes: 0 };
      };
      made = createStorage(platform, {
        people: accounts,
        link: null,
        wrap,
        files: built.rescue,
        housing: { houses: built.houses, belongings, lockLiveSessions: async () => liveSessions.count },
      });
    },
    routes: [
      async (app) => {
        await app.register((workspaces as Workspaces).routes);
        await app.register((await storage()).routes);
      },
    ],
  });
  const running = await storage();
  await running.start();
  return {
    server,
    workspaces: workspaces as unknown as Workspaces,
    storage: running,
    admin: await server.admin(),
    liveSessions,
    dataDir,
    base,
    async makeWorkspace(person) {
      const body = { name: "Thesis", description: "", workspace_details: { files: [{ name: "a", content: "text" }] } };
      const answer = await server.call("POST", "/workspaces/", { as: person, body });
      if (answer.status !== 200) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
      return (answer.body as { data: { workspace: { id: number } } }).data.workspace.id;
    },
    async close() {
      await running.stop();
      await server.close();
      await removeDirectory(dataDir);
    },
  };
}
