import { pbkdf2Sync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createTestDatabase } from "@stoa/server/testing/test-database.ts";
import { insertsOf, type OldRows, oldSchema } from "./old-schema.ts";

/** A small User Workspaces Server that nobody runs any more: its database and its files. */
export interface OldService {
  /** What `--database` takes. */
  readonly database: string;
  readonly root: string;
  /** Runs SQL in the old database. */
  execute(sql: string): Promise<void>;
  remove(): Promise<void>;
}

export const OLD_PASSWORD = "the old password";
export const TOKENS = {
  ada: "a".repeat(40),
  grace: "0123456789abcdef0123456789abcdef01234567",
  portal: "f".repeat(40),
};

export async function createOldService(kind: "postgres" | "sqlite"): Promise<OldService> {
  const root = mkdtempSync(join(tmpdir(), "stoa-old-"));
  makeFiles(join(root, "storage"));
  const { database, execute, drop } = kind === "sqlite" ? inFile(join(root, "db.sqlite3")) : await onServer();
  await execute(oldSchema(kind));
  await execute(insertsOf(oldRows()));
  return {
    database,
    root: join(root, "storage"),
    execute,
    async remove() {
      await drop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function inFile(path: string) {
  return {
    database: path,
    drop: async () => undefined,
    async execute(sql: string) {
      const database = new DatabaseSync(path);
      database.exec(sql);
      database.close();
    },
  };
}

async function onServer() {
  const database = await createTestDatabase({ migrated: false });
  return {
    database: database.url,
    drop: () => database.drop(),
    async execute(sql: string) {
      await database.pool.query(sql);
    },
  };
}

function makeFiles(root: string): void {
  const files: Record<string, string> = {
    "ada_ext/11/notes.txt": "the old notes",
    "ada_ext/11/data/deep/table.csv": "1,2,3\n",
    "ada_ext/11/.config/settings.json": "{}",
    "grace/12/notes.txt": "the shared notes",
    "grace/13/offer.txt": "an offer",
    "bob/14/bob.txt": "bob's",
    "ada_ext/15/gone.txt": "was being deleted",
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  symlinkSync("notes.txt", join(root, "ada_ext/11/inside"));
  symlinkSync("/etc/passwd", join(root, "ada_ext/11/outside"));
}

function oldHash(password: string): string {
  return `pbkdf2_sha256$1000$salt$${pbkdf2Sync(password, "salt", 1_000, 32, "sha256").toString("base64")}`;
}

function user(id: number, username: string, changes: Record<string, string | number | boolean | null> = {}) {
  return {
    id,
    username,
    password: "!nothing",
    last_login: null,
    is_superuser: false,
    first_name: "",
    last_name: "",
    email: `${username}@old.example.org`,
    is_staff: false,
    is_active: true,
    date_joined: `2021-12-0${id} 18:30:00.123456+00:00`,
    ...changes,
  };
}

function workspace(id: number, owner: number, path: string, changes: Record<string, string | null> = {}) {
  const details = {
    request_workspace_details: { files: [{ name: "notes.txt" }], symlinks: [{ name: "s", source_path: "/data/s" }] },
    current_workspace_details: { files: [{ name: "/notes.txt" }], symlinks: [] },
  };
  return {
    id,
    user_id_id: owner,
    name: `Workspace ${id}`,
    description: "from long ago",
    file_path: path,
    disk_space: 4096,
    status: "idle",
    default_job_type: "jupyter_lab",
    datetime_created: "2022-01-02 03:04:05.678901+00:00",
    datetime_last_modified: "2022-02-02 03:04:05+00:00",
    datetime_last_job_launch: null,
    workspace_details: JSON.stringify(details),
    ...changes,
  };
}

function job(id: number, status: string, workspaceId: number | null, changes: Record<string, string | null> = {}) {
  return {
    id,
    user_id_id: 2,
    workspace_id_id: workspaceId,
    job_type: "jupyter_lab",
    resource_name: "SlurmAPIResource",
    resource_job_id: 7_000 + id,
    status,
    datetime_created: "2022-03-01 10:00:00+00:00",
    datetime_start: "2022-03-01 10:01:00+00:00",
    datetime_end: status === "running" ? null : "2022-03-01 11:01:00+00:00",
    core_hours: "1.25000",
    job_details: JSON.stringify({ metrics: { time_pending: 60, time_init: 12.5 }, request_job_details: { a: 1 } }),
    resource_options: JSON.stringify({ num_cpus: 2, time_limit_min: 90 }),
    ...changes,
  };
}

function oldRows(): OldRows {
  const app = "user_workspaces_server";
  const ada = { password: oldHash(OLD_PASSWORD), first_name: "Ada", last_name: "Lovelace" };
  const shared = { last_job_type: "jupyter_lab", last_resource_options: '{"num_cpus": 1}' };
  return {
    auth_user: [
      user(1, "admin", { is_superuser: true, is_staff: true }),
      user(2, "ada", ada),
      user(3, "Grace.Hopper@navy.example", { email: "" }),
      user(4, "bob"),
      user(5, "portal"),
    ],
    auth_group: [{ id: 1, name: "api_clients" }],
    auth_user_groups: [{ id: 1, user_id: 5, group_id: 1 }],
    authtoken_token: [
      { key: TOKENS.ada, created: "2022-01-01 00:00:00+00:00", user_id: 2 },
      { key: TOKENS.grace, created: "2022-01-01 00:00:00+00:00", user_id: 3 },
      { key: TOKENS.portal, created: "2022-01-01 00:00:00+00:00", user_id: 5 },
    ],
    [`${app}_workspace`]: [
      workspace(11, 2, "ada_ext/11", { name: "Thesis" }),
      workspace(12, 3, "grace/12", { datetime_created: "2022-05-05 05:05:05+00:00" }),
      workspace(13, 3, "grace/13"),
      workspace(14, 4, "bob/14"),
      workspace(15, 2, "ada_ext/15", { status: "deleting" }),
      workspace(16, 2, "ada_ext/16"),
      workspace(17, 2, "../outside"),
    ],
    [`${app}_job`]: [
      job(101, "complete", 11),
      job(102, "failed", 11),
      job(103, "running", 11),
      job(104, "complete", null),
      job(105, "complete", 14),
    ],
    [`${app}_sharedworkspacemapping`]: [
      {
        id: 1,
        original_workspace_id_id: 11,
        shared_workspace_id_id: 12,
        is_accepted: true,
        ...shared,
        datetime_share_created: "2022-05-01 00:00:00+00:00",
      },
      {
        id: 2,
        original_workspace_id_id: 11,
        shared_workspace_id_id: 13,
        is_accepted: false,
        ...shared,
        datetime_share_created: "2022-06-01 00:00:00+00:00",
      },
    ],
    [`${app}_externalusermapping`]: [
      {
        id: 9,
        user_id_id: 3,
        external_user_id: "globus-uuid",
        external_username: "grace",
        user_authentication_name: "GlobusUserAuthentication",
        external_user_details: "{}",
      },
    ],
    [`${app}_userquota`]: [
      { id: 1, max_disk_space: 10, max_core_hours: "5.0", used_disk_space: 0, used_core_hours: "0", user_id_id: 2 },
    ],
  };
}
