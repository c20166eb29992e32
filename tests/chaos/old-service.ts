import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { insertsOf, oldSchema } from "../../packages/cli/src/testing/old-schema.ts";

const STOA = join(import.meta.dirname, "../../packages/cli/bin/stoa.mjs");
/** Files of one workspace, `0.txt` and on, all of one content. */
export const OLD_FILES = 8;
/** Their number, there and here. */
export const OLD_PERSON = 400_000;
export const OLD_TOKEN = "0123456789abcdef0123456789abcdef01234567";

export interface RunningImport {
  readonly pid: number;
  /** `done`: it said so; else what came instead. */
  readonly ended: Promise<string>;
  kill(): Promise<string>;
}

/** A User Workspaces Server that goes on growing while it is taken over. */
export interface OldService {
  addWorkspace(): { readonly id: number; readonly content: Buffer };
  import(): RunningImport;
}

/** @param folder its own @param env of the Stoa that takes it over */
export function createOldService(folder: string, env: Readonly<Record<string, string>>): OldService {
  const [file, root] = [join(folder, "db.sqlite3"), join(folder, "storage")];
  mkdirSync(root, { recursive: true });
  const database = new DatabaseSync(file);
  database.exec(oldSchema("sqlite"));
  database.exec(insertsOf(firstRows));
  let next = 500_000;
  return {
    addWorkspace() {
      const id = next++;
      const content = randomBytes(40_000);
      mkdirSync(join(root, `ann/${id}`), { recursive: true });
      for (let n = 0; n < OLD_FILES; n += 1) writeFileSync(join(root, `ann/${id}/${n}.txt`), content);
      database.exec(insertsOf({ user_workspaces_server_workspace: [workspaceRow(id)] }));
      return { id, content };
    },
    import: () => runImport(["--database", file, "--root", root, "--keep-tokens", "--go"], env),
  };
}

function runImport(args: readonly string[], env: Readonly<Record<string, string>>): RunningImport {
  const child = spawn(process.execPath, [STOA, "import", "uws", ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once("close", (code) => resolve(code === 0 ? "done" : `ended with ${code}: ${said.slice(-500)}`));
  });
  return {
    pid: child.pid ?? 0,
    ended,
    kill() {
      child.kill("SIGKILL");
      return ended;
    },
  };
}

const firstRows = {
  auth_user: [
    {
      id: OLD_PERSON,
      username: "ann",
      password: "!none",
      is_superuser: false,
      first_name: "Ann",
      last_name: "Old",
      email: "ann@old.example",
      is_staff: false,
      is_active: true,
      date_joined: "2021-01-01 00:00:00",
    },
  ],
  authtoken_token: [{ key: OLD_TOKEN, created: "2021-01-01 00:00:00", user_id: OLD_PERSON }],
};

function workspaceRow(id: number) {
  return {
    id,
    user_id_id: OLD_PERSON,
    name: `old-${id}`,
    description: "",
    file_path: `ann/${id}`,
    disk_space: 0,
    status: "idle",
    datetime_created: "2022-01-01 00:00:00",
    workspace_details: "{}",
  };
}
