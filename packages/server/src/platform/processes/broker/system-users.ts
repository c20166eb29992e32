import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { TOOLS } from "../tools.ts";
import { BrokerRefusal } from "../verbs.ts";

const run = promisify(execFile);

const NO_LOGIN = "/usr/sbin/nologin";
/** Another program is changing the list of accounts just now. */
const BUSY = new Set([1, 5, 10]);
const TRIES = 20;

export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly comment: string;
  readonly home: string;
}

/** As the machine knows it, directories of other machines (LDAP) included; null: nobody has it. */
export async function findUser(key: string | number): Promise<PasswdEntry | null> {
  const fields = await getent("passwd", key);
  if (fields === null) return null;
  const [name = "", , uid, gid, comment = "", home = ""] = fields;
  return { name, uid: Number(uid), gid: Number(gid), comment, home };
}

export async function findGroup(key: string | number): Promise<{ name: string; gid: number } | null> {
  const fields = await getent("group", key);
  return fields === null ? null : { name: fields[0] ?? "", gid: Number(fields[2]) };
}

/** A locked account: nobody signs in to it. Its group must be there. */
export async function addUser(entry: PasswdEntry): Promise<void> {
  await edit(TOOLS.useradd, [
    ...["--uid", String(entry.uid), "--gid", String(entry.gid), "--no-user-group"],
    ...["--no-create-home", "--home-dir", entry.home],
    // Without it a file grows to the size of the highest number.
    ...["--no-log-init", "--shell", NO_LOGIN, "--comment", entry.comment, entry.name],
  ]);
}

export async function moveHome(name: string, home: string): Promise<void> {
  await edit(TOOLS.usermod, ["--home", home, name]);
}

export async function addGroup(name: string, gid: number): Promise<void> {
  await edit(TOOLS.groupadd, ["--gid", String(gid), name]);
}

/** Exactly these, besides its own. */
export async function setGroups(name: string, groups: readonly string[]): Promise<void> {
  await edit(TOOLS.usermod, ["--groups", groups.join(","), name]);
}

/** Its groups of this machine's own list, besides its first. */
export async function groupsOf(name: string): Promise<string[]> {
  return (await groups()).filter(({ members }) => members.includes(name)).map(({ group }) => group);
}

/** By this machine's own list, besides those whose first group it is. */
export async function membersOf(name: string): Promise<readonly string[]> {
  return (await groups()).find(({ group }) => group === name)?.members ?? [];
}

async function groups(): Promise<{ readonly group: string; readonly members: readonly string[] }[]> {
  const lines = (await readFile("/etc/group", "utf8")).split("\n").map((line) => line.split(":"));
  return lines.map(([group = "", , , members = ""]) => ({ group, members: members.split(",").filter(Boolean) }));
}

let last: Promise<unknown> = Promise.resolve();

/** One at a time from here, and again when another program had the list. */
function edit(program: string, args: readonly string[]): Promise<void> {
  const next = last.then(() => patiently(program, args));
  last = next.catch(() => undefined);
  return next;
}

async function patiently(program: string, args: readonly string[]): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    try {
      await run(program, [...args], { env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" } });
      return;
    } catch (error) {
      const { code, stderr } = error as { code?: number | string; stderr?: string };
      const isBusy = typeof code === "number" && BUSY.has(code) && /lock/.test(stderr ?? "");
      if (!isBusy || left === 0) {
        const said = (stderr || String(error)).trim().slice(0, 300);
        throw new BrokerRefusal("failed", `${program}: ${said}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 200));
    }
  }
}

async function getent(database: "passwd" | "group", key: string | number): Promise<string[] | null> {
  try {
    const { stdout } = await run(TOOLS.getent, [database, String(key)], { env: { LC_ALL: "C" } });
    return stdout.split("\n", 1)[0]?.split(":") ?? null;
  } catch (error) {
    // 2: there is none.
    if ((error as { code?: number }).code === 2) return null;
    throw new BrokerRefusal("failed", `getent ${database} ${key}: ${(error as Error).message}`, { cause: error });
  }
}
