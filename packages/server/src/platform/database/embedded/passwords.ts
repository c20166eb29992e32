import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { StartError } from "../../errors/start-error.ts";

/** The superuser's name; nobody but the set-up signs in with it. */
export const CLUSTER_OWNER = "postgres";

/** `owner` is the cluster's superuser, for set-up only; `stoa` owns the database and nothing else. */
export interface ClusterPasswords {
  readonly owner: string;
  readonly stoa: string;
}

/** The passwords of the embedded server, null when none were made yet. */
export async function readPasswords(file: string): Promise<ClusterPasswords | null> {
  const text = await readFile(file, "utf8").catch((error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  try {
    const { owner, stoa } = JSON.parse(text) as Partial<ClusterPasswords>;
    if (owner && stoa) return { owner, stoa };
  } catch {
    // Said below.
  }
  throw new StartError(
    `${file} is damaged: the passwords of the embedded PostgreSQL are not in it.`,
    "Put it back from a copy, or remove it: new passwords are then set at the next start.",
  );
}

/** Random passwords, on the disk (0600) before anything uses them. */
export async function makePasswords(file: string): Promise<ClusterPasswords> {
  const passwords = { owner: randomBytes(24).toString("base64url"), stoa: randomBytes(24).toString("base64url") };
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomBytes(6).toString("hex")}`;
  const handle = await open(temporary, "wx", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(passwords)}\n`);
    await handle.sync();
    await handle.close();
    // A link, unlike a rename, never replaces what is there.
    await link(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
  return passwords;
}
