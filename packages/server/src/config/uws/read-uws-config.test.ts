import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../load.ts";
import { ConfigError } from "../problems.ts";
import { readUwsConfig } from "./read-uws-config.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "stoa-uws-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const parameter = {
  display_name: "Number of CPUs",
  description: "",
  variable_name: "num_cpus",
  default_value: 2,
  validation: { type: "int", min: 1, max: 16, required: false },
};

/** As such files look, with all that we have. */
const good = {
  api_user_authentication: "main_auth",
  main_storage: "main_storage",
  main_resource: "main_resource",
  available_user_authentication: {
    main_auth: { name: "Local", user_authentication_type: "LocalUserAuthentication", connection_details: {} },
  },
  available_storage: {
    main_storage: {
      name: "Files",
      storage_type: "LocalFileSystemStorage",
      user_authentication: "main_auth",
      root_dir: "workspaces",
      connection_details: {},
    },
  },
  available_resources: {
    main_resource: {
      name: "Here",
      resource_type: "LocalResource",
      storage: "main_storage",
      user_authentication: "main_auth",
      passthrough_domain: "127.0.0.1:8000",
      parameter_mapping: { num_cpus: "cpus_per_task" },
    },
  },
  available_job_types: {
    test_job: { name: "Test Job", job_type: "LocalTestJob", environment_details: { main_resource: {} } },
  },
  parameters: [parameter],
};

let count = 0;
function write(content: unknown): string {
  const file = path.join(folder, `config-${++count}.json`);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}
const read = (content: unknown) => readUwsConfig(write(content));
/** What is wrong, each as `where: problem`, without the file's name. */
const wrong = (content: unknown) =>
  read(content).problems.map(({ where, problem }) => `${where.replace(/ in \/.*$/, "")}: ${problem}`);

describe("the old service's config.json", () => {
  it("is read: ids, names, the root of its storage, parameters; and what changes nothing is said", () => {
    const file = write(good);
    const { config, problems } = readUwsConfig(file);
    expect(problems).toEqual([]);
    expect(config).toEqual({
      file,
      apiUserAuthentication: "main_auth",
      mainStorage: "main_storage",
      mainResource: "main_resource",
      authentications: [{ id: "main_auth", name: "Local", kind: "local" }],
      storages: [{ id: "main_storage", name: "Files", kind: "local", rootDir: path.join(folder, "workspaces") }],
      resources: [{ id: "main_resource", name: "Here", kind: "local" }],
      jobTypes: [{ id: "test_job", name: "Test Job", type: "local_test_job", environment: null, image: null }],
      parameters: [parameter],
      notes: [
        "available_resources.main_resource.passthrough_domain: sessions' addresses come from STOA_SESSION_DOMAIN.",
        "available_resources.main_resource.parameter_mapping: local sessions take the parameters by their own names.",
      ],
    });
  });

  it("is refused by name for everything that we don't have, all at once", () => {
    const available_user_authentication = {
      ...good.available_user_authentication,
      globus: { user_authentication_type: "GlobusUserAuthentication", connection_details: { client_secret: "s3cret" } },
      psc: { user_authentication_type: "PSCAPIUserAuthentication" },
    };
    const content = {
      ...good,
      available_user_authentication,
      available_storage: { ...good.available_storage, hubmap: { storage_type: "HubmapLocalFileSystemStorage" } },
      available_resources: { ...good.available_resources, slurm: { resource_type: "SlurmAPIResource" } },
      available_job_types: {
        appyter: { job_type: "AppyterJob" },
        yac: { job_type: "YACJob", environment_details: { main_resource: { sif_file_path: 7 } } },
        odd: { job_type: "OddJob" },
      },
    };
    expect(wrong(content)).toEqual([
      "available_user_authentication.globus.user_authentication_type: is GlobusUserAuthentication, and this version of Stoa has no sign-in through Globus",
      "available_user_authentication.psc.user_authentication_type: is PSCAPIUserAuthentication, and Stoa does not know the PSC's user service",
      "available_storage.hubmap.storage_type: is HubmapLocalFileSystemStorage, and Stoa does not know HuBMAP's storage",
      "available_resources.slurm.resource_type: is SlurmAPIResource, and this version of Stoa runs nothing on Slurm",
      'available_job_types.odd.job_type: is "OddJob", which nobody knows',
      "available_job_types.appyter.environment_details: says nothing of main_resource",
      "available_job_types.yac.environment_details.main_resource.sif_file_path: is not a text",
    ]);
    expect(JSON.stringify(read(content))).not.toContain("s3cret");
  });

  it("takes where Jupyter and images come from, of the main resource", () => {
    const jobTypes = (details: Record<string, unknown>) => {
      const lab = { job_type: "JupyterLabJob", environment_details: { main_resource: details } };
      const { config, problems } = read({ ...good, available_job_types: { lab } });
      expect(problems).toEqual([]);
      return [config?.jobTypes[0]?.environment, config?.notes.slice(2)];
    };
    expect(
      jobTypes({ module_manager: "virtualenv", python_version: 3.11, modules: ["jupyterlab"], python_packages: ["a"] }),
    ).toEqual([{ kind: "packages", python: "python3.11", packages: ["jupyterlab", "a"] }, []]);
    expect(
      jobTypes({ module_manager: "tar", tar_file_path: "env.tar.gz", environment_name: "e", time_limit: "1" }),
    ).toEqual([
      { kind: "archive", archive: path.join(folder, "env.tar.gz"), packages: [] },
      [
        "available_job_types.lab.environment_details.main_resource.time_limit: sessions' time limits come from the parameter time_limit_min.",
        "available_job_types.lab.environment_details.main_resource.environment_name: environments are named by what is in them.",
      ],
    ]);
    expect(jobTypes({ module_manager: "lmod", modules: ["anaconda/3"] })).toEqual([
      { kind: "modules", modules: ["anaconda/3"] },
      [],
    ]);
    const image = { job_type: "AppyterJob", environment_details: { main_resource: { sif_file_path: "/srv/a.sif" } } };
    expect(read({ ...good, available_job_types: { image } }).config?.jobTypes).toEqual([
      { id: "image", name: "image", type: "appyter", environment: null, image: "/srv/a.sif" },
    ]);
  });

  it.each([
    [{ module_manager: "conda" }, "module_manager: is none that is known here"],
    [{ modules: ["x"] }, "module_manager: is missing"],
    [{ module_manager: "lmod" }, "modules: is missing"],
    [
      { module_manager: "lmod", modules: ["a"], python_packages: ["b"] },
      "python_packages: can't be added to modules here",
    ],
    [{ module_manager: "lmod", modules: ["-a"] }, "modules[0]: is no name"],
    [
      { module_manager: "virtualenv", python_packages: ["--index-url=https://elsewhere"] },
      "python_packages[0]: is no name",
    ],
    [{ module_manager: "virtualenv", python_version: "-c import os" }, "python_version: is no Python"],
    [{ module_manager: "tar" }, "tar_file_path: is missing"],
    [{ module_manager: "tar", sif_file_path: "x", tar_file_path: "y" }, "sif_file_path: is not a setting"],
  ])("says what is wrong with the environment %j", (details, problem) => {
    const lab = { job_type: "JupyterLabJob", environment_details: { main_resource: details } };
    const at = "available_job_types.lab.environment_details.main_resource.";
    expect(wrong({ ...good, available_job_types: { lab } })).toContain(at + problem);
  });

  it.each([
    [{ main_storage: "other" }, 'main_storage: names "other", which is not among available_storage'],
    [{ main_resource: undefined }, "main_resource: is missing"],
    [{ api_user_authentication: 7 }, "api_user_authentication: is not a text"],
    [{ main_storge: "x" }, "main_storge: is not a setting"],
    [{ available_storage: [] }, "available_storage: is not a group of settings"],
    [{ available_resources: { main_resource: 1 } }, "available_resources.main_resource: is not a group of settings"],
    [{ parameters: {} }, "parameters: is not a list"],
    [{ parameters: [3] }, "parameters[0]: is not a group of settings"],
    [{ parameters: [parameter, parameter] }, 'parameters[1].variable_name: is "num_cpus" a second time'],
    [
      { parameters: [{ ...parameter, default_value: "2" }] },
      "parameters[0].default_value: is not of type int within min and max",
    ],
    [
      { parameters: [{ ...parameter, default_value: 17 }] },
      "parameters[0].default_value: is not of type int within min and max",
    ],
    [
      { parameters: [{ ...parameter, validation: { type: "str" } }] },
      "parameters[0].validation.type: is str, but num_cpus is counted as int",
    ],
    [
      { parameters: [{ ...parameter, validation: {} }] },
      "parameters[0].validation.type: is none of the types known here",
    ],
    [
      { parameters: [{ ...parameter, variable_name: "x", validation: { type: "int", min: 9, max: 3 } }] },
      "parameters[0].validation: has a min above its max",
    ],
    [
      { available_job_types: { t: { job_type: "LocalTestJob", environment_details: { gone: {} } } } },
      "available_job_types.t.environment_details.gone: is for a resource that is not among available_resources",
    ],
    [
      { available_job_types: { "a b": { job_type: "LocalTestJob" } } },
      "available_job_types.a b: is no name for a job type",
    ],
  ])("says what is wrong with %j", (change, problem) => {
    expect(wrong({ ...good, ...change })).toContain(problem);
  });

  it("keeps what sessions count with within reason, whatever the file leaves open", () => {
    const { config } = read({ ...good, parameters: [{ ...parameter, validation: { type: "int", min: -5 } }] });
    expect(config?.parameters?.[0]?.validation).toEqual({ type: "int", min: 1, max: 4_096, required: false });
    expect(read({ ...good, parameters: undefined }).config?.parameters).toBeNull();
  });

  it("may hold names that mean something to JavaScript", () => {
    const content = JSON.stringify(good).replace('"main_storage":"main_storage"', '"main_storage":"__proto__"');
    expect(wrong(content)).toEqual(['main_storage: names "__proto__", which is not among available_storage']);
    expect(wrong({ ...good, available_job_types: { x: { job_type: "constructor" } } })).toEqual([
      'available_job_types.x.job_type: is "constructor", which nobody knows',
    ]);
  });

  it.each([
    ["{", "is not valid JSON"],
    ['{"a": 1,\n // no\n "client_secret": "s3cret"}', "is not valid JSON"],
    ["[]", "is not a group of settings"],
    [`"${"x".repeat(1_100_000)}"`, "is too large to be a config.json"],
  ])("is refused as %.20j", (content, problem) => {
    const { config, problems } = read(content);
    expect(config).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]?.problem).toContain(problem);
    expect(JSON.stringify(problems)).not.toContain("s3cret");
  });

  it("stops the start with its problems among the others", () => {
    const env = { HOME: folder, STOA_PORT: "none", STOA_UWS_CONFIG: write({ ...good, main_storage: "gone" }) };
    expect(() => loadConfig(env, folder)).toThrow(ConfigError);
    expect(() => loadConfig(env, folder)).toThrow(/2 settings need.*STOA_PORT.*main_storage in/s);
    const missing = { HOME: folder, STOA_UWS_CONFIG: path.join(folder, "absent.json") };
    expect(() => loadConfig(missing, folder)).toThrow(
      /STOA_UWS_CONFIG names .*absent\.json, which can't be read \(ENOENT\)/,
    );
    expect(loadConfig({ HOME: folder, STOA_UWS_CONFIG: write(good) }, folder).uws?.mainStorage).toBe("main_storage");
    expect(loadConfig({ HOME: folder }, folder).uws).toBeNull();
  });
});
