import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStoa, type Stoa } from "../packages/server/src/app.ts";
import { loadConfig } from "../packages/server/src/config/load.ts";
import { createTestDatabase, type TestDatabase } from "../packages/server/src/testing/test-database.ts";

const entry = { user_authentication: "auth", storage: "disk" };
const parameters = [
  {
    display_name: "CPUs",
    description: "How many",
    variable_name: "num_cpus",
    default_value: 2,
    validation: { type: "int", min: 1, max: 64, required: false },
  },
];
const configJson = {
  api_user_authentication: "auth",
  main_storage: "disk",
  main_resource: "machine",
  available_user_authentication: { auth: { user_authentication_type: "LocalUserAuthentication" } },
  available_storage: { disk: { storage_type: "LocalFileSystemStorage", root_dir: "/srv/workspaces" } },
  available_resources: { machine: { resource_type: "LocalResource", ...entry } },
  available_job_types: {
    smoke: { name: "Smoke test", job_type: "LocalTestJob", environment_details: { machine: {} } },
  },
  parameters,
};

let dataDir: string;
let database: TestDatabase;
let stoa: Stoa;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "stoa-uws-"));
  const file = path.join(dataDir, "config.json");
  await writeFile(file, JSON.stringify(configJson));
  database = await createTestDatabase();
  const env = { HOME: dataDir, STOA_DATA_DIR: dataDir, STOA_LOG_LEVEL: "silent", STOA_UWS_CONFIG: file };
  const { db, url } = database;
  const config = loadConfig(env, dataDir);
  stoa = await createStoa({ config, database: { db, directConnectionString: url }, log: pino({ level: "silent" }) });
});
afterAll(async () => {
  await stoa.app.close();
  await stoa.stop();
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

const get = async (url: string) => (await stoa.app.inject({ url, headers: { host: "localhost" } })).json();

describe("a server in the place of a User Workspaces Server", () => {
  it("offers the job types of its config.json beside Stoa's own", async () => {
    expect((await get("/job_types/")).data.job_types).toEqual({
      terminal: { id: "terminal", name: "Terminal" },
      code: { id: "code", name: "VS Code" },
      smoke: { id: "smoke", name: "Smoke test" },
    });
  });

  it("takes the parameters as they stand there", async () => {
    expect((await get("/parameters/")).data.parameters).toEqual(parameters);
  });

  it("tells its state by the ids there", async () => {
    const state = { connected: true, message: "" };
    expect(await get("/status/")).toMatchObject({
      success: true,
      dependencies: {
        main_resource: state,
        api_user_authentication: state,
        resources: { machine: state },
        storage_methods: { disk: state },
        user_authentication_methods: { auth: state, password: state },
      },
    });
  });
});
