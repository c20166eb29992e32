import path from "node:path";
import { BackEndError, type BackEndProblem, backEndProblem, NO_PROBLEM } from "../../back-end-problems.ts";
import { GROUPS, partsOf, TRASH } from "../../hosts/command.ts";
import type { Owner, Place } from "../../hosts/contract.ts";
import { BackEndAway, type Capabilities, type DriverState } from "../contract.ts";
import { type Ask, lastLine, whyNotMade } from "./ask.ts";
import type { PosixOptions, Probed } from "./context.ts";
import { type Entry, lookAt } from "./entries.ts";
import { attributesOf, type FileSystem, type QuotaBy, whyNoQuotas } from "./kernel-quotas.ts";

const BASE: Place = { kind: "base" };
const OURS: readonly Place[] = [BASE, { kind: "groups" }, { kind: "trashes" }];
/** Everybody passes through it to their own group's; nobody but root looks into the trash. */
const GROUPS_MODE = 0o755;
const TRASH_MODE = 0o700;
const PASSABLE = 0o011;
const OTHERS = 0o077;
const WRITABLE_FOR_OTHERS = 0o022;

/** What is wrong and what to do: told to operators, and known at the next probe not to be so any more. */
class Unusable extends BackEndError {}

/**
 * Looks at the base, makes the folders in it that are ours, and finds out what the kernel enforces there.
 * @param before what the first good probe found; null: this is the first
 */
export async function probeBase(options: PosixOptions, ask: Ask, before: Probed | null): Promise<Probed> {
  try {
    return await examine(options, ask, before);
  } catch (error) {
    if (!(error instanceof Unusable || error instanceof BackEndAway)) throw error;
    return notProbed(options.base, error.problem);
  }
}

/** Before anybody looked. */
export function unprobed(base: string): Probed {
  return notProbed(base, backEndProblem("not_looked_at", { base }));
}

function notProbed(base: string, problem: BackEndProblem): Probed {
  const state = stateOf(base, { by: null, problem, about: `posix at ${base}` });
  return { state, self: { uid: -1, gid: -1 }, by: null, device: -1, inode: -1, target: "" };
}

async function examine(options: PosixOptions, ask: Ask, before: Probed | null): Promise<Probed> {
  const { base } = options;
  const [self, found] = await Promise.all([whoRuns(ask), lookAt(ask, base, OURS)]);
  const entry = requireBase(base, found.get(""));
  requireOurBase(base, self, entry);
  const fileSystem = await readFileSystem(ask, base);
  if (fileSystem.options.has("ro")) {
    throw new Unusable(backEndProblem("base_read_only", { base, target: fileSystem.target }));
  }
  if (before !== null && fileSystem.target !== before.target) {
    const { target } = fileSystem;
    throw new Unusable(backEndProblem("base_elsewhere", { base, before: before.target, target }));
  }
  if (!found.has(TRASH) && before === null && (await options.isInUse?.())) {
    // What an unmounted disk leaves behind: whatever was made there would be hidden by the mount, and missing after it.
    throw new Unusable(
      backEndProblem("trash_missing", { base, trash: TRASH, command: `mkdir -m 700 ${base}/${TRASH}` }),
    );
  }
  await makeOurs(ask, base, self, found);
  const ours = await lookAt(ask, base, OURS);
  checkOurs(base, self, ours, entry);
  const { by, notes } = await findQuotas(options, ask, self, fileSystem);
  const about = [
    `${fileSystem.type} at ${fileSystem.target}, ${by === null ? "no quotas enforced" : `${by} quotas`}`,
    ...notes,
    ...remarksOn(base, self, entry),
  ].join("; ");
  const state = stateOf(base, { by, problem: NO_PROBLEM, about, fileSystem });
  const { device, inode } = entry;
  return { state, self, by, device, inode, target: fileSystem.target };
}

async function whoRuns(ask: Ask): Promise<Owner> {
  const { out } = await ask({ do: "who" });
  const [, uid, gid] = /^uid=(\d+)\S* gid=(\d+)/.exec(out) ?? [];
  if (uid === undefined || gid === undefined) throw new Unusable(backEndProblem("who_unknown", { said: out }));
  return { uid: Number(uid), gid: Number(gid) };
}

function requireBase(base: string, entry: Entry | undefined): Entry {
  if (entry === undefined) throw new Unusable(backEndProblem("base_missing", { base }));
  if (entry.type === "link") throw new Unusable(backEndProblem("base_link", { base }));
  if (entry.type === "other") throw new Unusable(backEndProblem("base_not_a_directory", { base }));
  return entry;
}

/** As root we own and remove what is in it: nobody else may put links there. */
function requireOurBase(base: string, self: Owner, { uid, mode }: Entry): void {
  if (self.uid !== 0) return;
  const isOpen = (mode & WRITABLE_FOR_OTHERS) !== 0;
  if (uid !== 0) throw new Unusable(backEndProblem(isOpen ? "base_owner_writable" : "base_owner", { base, uid }));
  if (isOpen) throw new Unusable(backEndProblem("base_writable", { base }));
}

async function readFileSystem(ask: Ask, base: string): Promise<FileSystem> {
  const answer = await ask({ do: "file-system" });
  if (answer.code !== 0) throw new Unusable(backEndProblem("file_system_unknown", { base, said: lastLine(answer) }));
  const { filesystems } = JSON.parse(answer.out) as { filesystems: Record<string, string | number | null>[] };
  // The last one is mounted over the others.
  const { fstype, target, options, size, avail } = filesystems.at(-1) ?? {};
  const number = (given: string | number | null | undefined) => (given == null ? null : Number(given));
  return {
    ...{ type: String(fstype), target: String(target), options: new Set(String(options).split(",")) },
    ...{ size: number(size), free: number(avail) },
  };
}

/** What is missing, or too open or too closed and our own. */
async function makeOurs(ask: Ask, base: string, self: Owner, found: ReadonlyMap<string, Entry>): Promise<void> {
  const groups = found.get(GROUPS);
  const trash = found.get(TRASH);
  const isMine = (entry: Entry) => entry.type === "directory" && entry.uid === self.uid;
  const wanted: [Place, number][] = [];
  if (!groups || (isMine(groups) && (groups.mode & PASSABLE) !== PASSABLE))
    wanted.push([{ kind: "groups" }, GROUPS_MODE]);
  if (!trash || (isMine(trash) && (trash.mode & OTHERS) !== 0)) wanted.push([{ kind: "trashes" }, TRASH_MODE]);
  for (const [place, mode] of wanted) {
    const answer = await ask({ do: "make", places: [place], owner: "root", mode });
    if (answer.code === 0) continue;
    const folder = path.posix.join(base, ...partsOf(place));
    const said = lastLine(await whyNotMade(ask, place, answer));
    throw new Unusable(backEndProblem("own_folder_not_made", { folder, uid: self.uid, said }));
  }
}

function checkOurs(base: string, self: Owner, found: ReadonlyMap<string, Entry>, entry: Entry): void {
  for (const name of [GROUPS, TRASH]) {
    const ours = found.get(name);
    const folder = `${base}/${name}`;
    if (ours?.type !== "directory") throw new Unusable(backEndProblem("own_folder_not_a_directory", { folder }));
    if (ours.device !== entry.device) throw new Unusable(backEndProblem("own_folder_elsewhere", { folder, base }));
  }
  const trash = found.get(TRASH);
  if (trash !== undefined && trash.uid !== self.uid) {
    const uids = { uid: trash.uid, self: self.uid };
    throw new Unusable(backEndProblem("own_folder_owner", { folder: `${base}/${TRASH}`, ...uids }));
  }
}

interface Enforcement {
  readonly by: QuotaBy | null;
  /** For operators: why nothing, or nothing better. */
  readonly notes: readonly string[];
}

async function findQuotas(options: PosixOptions, ask: Ask, self: Owner, fileSystem: FileSystem): Promise<Enforcement> {
  const { enforcement, ownership, base } = options;
  if (enforcement === "off") return { by: null, notes: [] };
  const wanted: readonly QuotaBy[] =
    enforcement === "auto" ? (ownership === "account" ? ["project", "user"] : ["project"]) : [enforcement];
  const notes: string[] = [];
  for (const by of wanted) {
    const why =
      self.uid !== 0
        ? `only root can set quotas, and commands run as uid ${self.uid}`
        : by === "user" && ownership !== "account"
          ? "quotas by uid need STORAGE_OWNERSHIP=account"
          : await whyNoQuotas(ask, by, fileSystem);
    if (why === null && by === "project") await requireFreeProjects(ask, base);
    if (why === null) return { by, notes: [] };
    notes.push(why);
  }
  if (enforcement === "auto") return { by: null, notes };
  throw new Unusable(backEndProblem("enforcement", { enforcement, said: notes.join("; ") }));
}

/** Where the base hands a project down, nothing can be renamed into it: `mv` would copy it all, and charge it anew. */
async function requireFreeProjects(ask: Ask, base: string): Promise<void> {
  const found = await attributesOf(ask, base, OURS);
  for (const place of OURS) {
    const parts = partsOf(place);
    if (!found.get(parts.join("/"))?.inherited) continue;
    const folder = [base, ...parts].join("/");
    throw new Unusable(backEndProblem("project_handed_down", { folder, command: `chattr -P -p 0 ${folder}` }));
  }
}

function remarksOn(base: string, self: Owner, { uid, mode }: Entry): readonly string[] {
  const isTheirs = uid !== 0 && uid !== self.uid;
  return [
    ...(self.uid === 0 ? [] : [`commands run as uid ${self.uid}, who can give directories to nobody else`]),
    ...(isTheirs ? [`${base} belongs to uid ${uid}, who could put links in it: chown it to root`] : []),
    ...((mode & WRITABLE_FOR_OTHERS) === 0 ? [] : [`${base} can be written to by others: chmod go-w`]),
  ];
}

interface Facts {
  readonly by: QuotaBy | null;
  readonly problem: BackEndProblem;
  readonly about: string;
  readonly fileSystem?: FileSystem;
}

function stateOf(base: string, { by, problem, about, fileSystem }: Facts): DriverState {
  return {
    ok: problem.text === "",
    problem: problem.text,
    problemToldBy: problem.toldBy,
    capabilities: capabilitiesOf(by, fileSystem?.type ?? ""),
    about,
    size: fileSystem?.size ?? null,
    free: fileSystem?.free ?? null,
    directoryOf: ({ kind, name }) => [base, ...partsOf({ kind, name })].join("/"),
  };
}

function capabilitiesOf(by: QuotaBy | null, type: string): Capabilities {
  return {
    enforcedBy: by,
    // The owner of a file may give it another project, outside a user namespace.
    againstAccidentOnly: by === "project",
    bindsRoot: by !== null && type === "xfs",
    snapshots: false,
    // Whoever deletes keeps the number. A uid has one account on the whole file system.
    trashOutsideQuota: by !== "user",
    usageKind: by === null ? "apparent" : "quota",
    refusesBelowUsed: false,
  };
}
