import { randomBytes } from "node:crypto";
import { access, constants, link, open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { StartError } from "../../errors/start-error.ts";
import { TOOLS } from "../tools.ts";

const NAME = "installation";

/** Of one data directory, moved and copied with it. */
export interface Installation {
  /** In each of its system accounts: tells them from another installation's. */
  readonly mark: string;
  /** Whose the directory was before: what this account had made is taken over for people. */
  readonly formerOwner: number;
}

/**
 * Made once, readable by root only. From then on the directory itself is root's: who could change names in it could
 * lead root astray.
 */
export async function openInstallation(dataDir: string): Promise<Installation> {
  await using folder = await open(dataDir, constants.O_RDONLY | constants.O_DIRECTORY);
  const file = path.join(dataDir, NAME);
  const installation = (await read(file)) ?? (await make(dataDir, file, (await folder.stat()).uid));
  await folder.chown(0, 0);
  return installation;
}

async function make(dataDir: string, file: string, owner: number): Promise<Installation> {
  const draft = path.join(dataDir, `${NAME}.${randomBytes(6).toString("hex")}`);
  await using handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ mark: randomBytes(9).toString("hex"), formerOwner: owner })}\n`);
    await handle.sync();
    // A link, unlike a rename, never replaces what is there.
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  const made = await read(file);
  if (made === null) throw damaged(file);
  return made;
}

async function read(file: string): Promise<Installation | null> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  try {
    const { mark, formerOwner } = JSON.parse(text) as Partial<Installation>;
    if (typeof mark === "string" && /^[0-9a-f]{18}$/.test(mark) && Number.isInteger(formerOwner)) {
      return { mark, formerOwner: formerOwner as number };
    }
  } catch {
    // Said below.
  }
  throw damaged(file);
}

function damaged(file: string): StartError {
  return new StartError(
    `${file} is damaged: it tells this data directory's system accounts from others'.`,
    "Put it back from a copy. Its mark is also in the accounts themselves: getent passwd | grep 'Stoa '.",
  );
}

/** The programs of the system that a broker needs and this machine lacks. */
export async function missingTools(): Promise<string[]> {
  const found = await Promise.all(
    Object.values(TOOLS).map((file) =>
      access(file, constants.X_OK).then(
        () => null,
        () => file,
      ),
    ),
  );
  return found.filter((file) => file !== null);
}
