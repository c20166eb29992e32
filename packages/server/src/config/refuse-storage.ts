import { isAbsolute, join, normalize, relative } from "node:path";
import type { Problem } from "./problems.ts";
import type { Config } from "./schema.ts";

type Rule = (config: Config) => Problem | null;

/** What storage can't be, or what would have it move Stoa's own files about; part of the rules in `refuse.ts`. */
export const STORAGE_RULES: readonly Rule[] = [
  baseWithSlash,
  baseNotAbsolute,
  baseAmongOurOwn,
  baseNoDataset,
  zfsWithoutBase,
  sshWithoutRest,
  restWithoutSsh,
  sshNoTarget,
  enforcementByUserAlone,
  workspacesOfOthers,
  snapshotsNotKnown,
];

const BASE = "STORAGE_BASE_PATH";

function baseWithSlash({ storage }: Config): Problem | null {
  if (storage.basePath === null || storage.basePath === "/" || !storage.basePath.endsWith("/")) return null;
  return {
    where: BASE,
    problem: `(${storage.basePath}) ends with a slash`,
    remedy: `Write ${storage.basePath.replace(/\/+$/, "")}.`,
  };
}

function baseNotAbsolute({ storage: { backend, basePath } }: Config): Problem | null {
  if (backend !== "posix" || basePath === null || basePath.endsWith("/")) return null;
  if (isAbsolute(basePath) && normalize(basePath) === basePath && !basePath.includes("\n")) return null;
  return {
    where: BASE,
    problem: `(${basePath}) is not the whole path of a directory`,
    remedy: "Write it from the root on, without . and .. in it, such as /srv/storage.",
  };
}

/** What lies in the base is somebody's directory, by its name: it can be listed, given away and deleted. */
function baseAmongOurOwn({ dataDir, storage: { backend, basePath, ssh } }: Config): Problem | null {
  if (backend !== "posix" || basePath === null || ssh.target !== null || !isAbsolute(basePath)) return null;
  const isOurs = isWithin(basePath, dataDir) && !isWithin(basePath, join(dataDir, "storage"));
  if (!isOurs && !isWithin(dataDir, basePath)) return null;
  return {
    where: BASE,
    problem: `(${basePath}) holds Stoa's own files in ${dataDir}, which would be taken for people's directories`,
    remedy: `Name a directory of its own, or leave it out: ${join(dataDir, "storage")} is used then.`,
  };
}

/** ZFS's own rule, without spaces: they would have to be told apart from columns. */
const DATASET = /^[A-Za-z][\w.:-]*(\/[\w.:-]+)*$/;

function baseNoDataset({ storage: { backend, basePath } }: Config): Problem | null {
  if (backend !== "zfs" || basePath === null || basePath.endsWith("/") || DATASET.test(basePath)) return null;
  return {
    where: BASE,
    problem: `(${basePath}) is not the name of a dataset, which STORAGE_BACKEND=zfs needs`,
    remedy: "Write pool and dataset, such as tank/home; not where it is mounted, and no snapshot.",
  };
}

function zfsWithoutBase({ storage: { backend, basePath } }: Config): Problem | null {
  if (backend !== "zfs" || basePath !== null) return null;
  return {
    where: "STORAGE_BACKEND",
    problem: `is zfs, but ${BASE} is not set`,
    remedy: `Make a dataset (zfs create tank/home) and set ${BASE}=tank/home.`,
  };
}

function sshWithoutRest({ storage: { basePath, ssh } }: Config): Problem | null {
  if (ssh.target === null) return null;
  const missing = [
    ...(ssh.keyFile === null ? ["STORAGE_SSH_KEY_FILE"] : []),
    ...(ssh.hostKey === null ? ["STORAGE_SSH_HOST_KEY"] : []),
    ...(basePath === null ? [BASE] : []),
  ];
  if (missing.length === 0) return null;
  return {
    where: "STORAGE_SSH",
    problem: `is set without ${missing.join(" and ")}`,
    remedy: `Set ${missing.length === 1 ? "it" : "them"} too: a key to get in, the host's own key, and where the directories lie there.`,
  };
}

function restWithoutSsh({ storage: { ssh } }: Config): Problem | null {
  if (ssh.target !== null || (ssh.keyFile === null && ssh.hostKey === null)) return null;
  return {
    where: ssh.keyFile === null ? "STORAGE_SSH_HOST_KEY" : "STORAGE_SSH_KEY_FILE",
    problem: "has no effect: no storage host is named",
    remedy: "Set STORAGE_SSH=user@host, or remove it.",
  };
}

function sshNoTarget({ storage: { ssh } }: Config): Problem | null {
  const [, port] = /^[A-Za-z_][\w.-]*@(?:[A-Za-z0-9][\w.-]*|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/.exec(
    ssh.target ?? "",
  ) ?? [null, "0"];
  const isPort = port === undefined || (Number(port) > 0 && Number(port) <= 65_535);
  if (ssh.target === null || isPort) return null;
  return {
    where: "STORAGE_SSH",
    problem: `(${ssh.target}) is not user@host or user@host:port`,
    remedy: "Write it as root@files.example.org, or root@[2001:db8::1]:22.",
  };
}

function enforcementByUserAlone({ storage: { enforcement, ownership } }: Config): Problem | null {
  if (enforcement !== "user" || ownership === "account") return null;
  return {
    where: "STORAGE_ENFORCEMENT",
    problem: "is user, but all directories belong to STORAGE_UID: everybody would share one quota",
    remedy: "Set STORAGE_OWNERSHIP=account, or choose project.",
  };
}

/** A broker keeps people apart by their accounts, and a directory of 0770 lets nobody but its owner through. */
function workspacesOfOthers({ processes, storage: { ownership, workspaces } }: Config): Problem | null {
  if (workspaces !== "inside" || ownership === "account" || processes.broker === "off") return null;
  return {
    where: "STORAGE_WORKSPACES",
    problem: "is inside, but all directories belong to STORAGE_UID: people would not get to their own workspaces",
    remedy: "Set STORAGE_OWNERSHIP=account, or leave it at apart.",
  };
}

const PERIODS: readonly string[] = ["hourly", "daily", "weekly"];

function snapshotsNotKnown({ storage: { backend, snapshots } }: Config): Problem | null {
  const names = snapshots.map(({ name }) => name);
  if (names.length === 0) return null;
  const where = "STORAGE_SNAPSHOTS";
  if (backend !== "zfs") {
    return {
      where,
      problem: "has no effect: folders have no snapshots",
      remedy: "Set STORAGE_BACKEND=zfs, or remove it.",
    };
  }
  const odd = names.find((name, n) => !PERIODS.includes(name) || names.indexOf(name) !== n);
  if (odd === undefined) return null;
  return {
    where,
    problem: `has ${odd}${PERIODS.includes(odd) ? " twice" : ", which is not known"}`,
    remedy: "Write each of hourly, daily and weekly once at most, as in hourly=24,daily=14.",
  };
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!isAbsolute(way) && way.split("/")[0] !== "..");
}
