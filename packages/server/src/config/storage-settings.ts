import { integer, listOf, named, oneOf, path, seconds, text } from "./parsers.ts";
import { optional, setting } from "./setting.ts";

const DAY = 86_400;

/** Directories and datasets of people and groups (docs/storage.md). Part of `settings`; contract 1 gives the first names. */
export const storage = {
  backend: setting({
    env: "STORAGE_BACKEND",
    parser: oneOf("posix", "zfs"),
    fallback: "posix",
    about: "What people's and groups' directories are: folders (`posix`) or datasets (`zfs`).",
  }),
  basePath: optional({
    env: "STORAGE_BASE_PATH",
    parser: text,
    about:
      "Where they lie, without a slash at the end: an existing directory (absolute) for `posix`, an existing dataset (`tank/home`) for `zfs`. Not set: the folder `storage` in the data directory.",
  }),
  uid: setting({
    env: "STORAGE_UID",
    parser: integer(1, 2_147_483_646, "a uid"),
    fallback: 1000,
    about: "Who owns the directories where STORAGE_OWNERSHIP is `contract`.",
  }),
  gid: setting({
    env: "STORAGE_GID",
    parser: integer(1, 2_147_483_646, "a gid"),
    fallback: 1000,
    about: "The group of the directories.",
  }),
  ownership: setting({
    env: "STORAGE_OWNERSHIP",
    parser: oneOf("contract", "account"),
    fallback: "contract",
    about:
      "Whose the directories are. `contract`: all STORAGE_UID's and STORAGE_GID's, as JupyterHub's hooks expect them. `account`: each the linked person's own (their system account's uid, with STORAGE_GID), groups' with a gid of their own.",
  }),
  workspaces: setting({
    env: "STORAGE_WORKSPACES",
    parser: oneOf("apart", "inside"),
    fallback: "apart",
    about:
      "Where people's workspaces lie. `apart`: in the data directory, beside all quotas. `inside`: in each person's directory or dataset, so that they count against its quota, with their trash and their uploads (docs/storage.md); who has workspaces already keeps them apart until an administrator has them moved.",
  }),
  trashRetentionDays: setting({
    env: "STORAGE_TRASH_RETENTION",
    live: true,
    dangerous: true,
    parser: integer(0, 36_500),
    fallback: 30,
    about:
      "Days that a deleted directory can be brought back; 0: deleted at once and for good. Counts for what is in the trash already.",
  }),
  enforcement: setting({
    env: "STORAGE_ENFORCEMENT",
    parser: oneOf("auto", "project", "user", "off"),
    fallback: "auto",
    about:
      "By which of the kernel's quotas `posix` holds people to theirs: `project` (a number on each directory; ext4 or xfs mounted with prjquota), `user` (by uid: needs STORAGE_OWNERSHIP=account), `off`, or (`auto`) by what the file system has, projects first.",
  }),
  ssh: {
    target: optional({
      env: "STORAGE_SSH",
      parser: text,
      about:
        "A storage host elsewhere, as `user@host` or `user@host:port`: all commands are run there over SSH. Not set: on this machine.",
    }),
    keyFile: optional({
      env: "STORAGE_SSH_KEY_FILE",
      parser: path,
      about: "The private key for STORAGE_SSH, without a passphrase, readable for whoever starts Stoa alone.",
    }),
    hostKey: optional({
      env: "STORAGE_SSH_HOST_KEY",
      parser: text,
      about: "The storage host's public key, as `ssh-ed25519 AAAA…`. Another one is never spoken to.",
    }),
  },
  usageMaxAgeSeconds: setting({
    env: "STORAGE_USAGE_MAX_AGE",
    live: true,
    parser: seconds(60, 30 * DAY),
    fallback: 6 * 3600,
    about:
      "How old a usage figure may grow where the kernel doesn't count. Directories in which much changes are looked at more often, quiet ones as seldom as this.",
  }),
  snapshots: setting({
    env: "STORAGE_SNAPSHOTS",
    parser: listOf(named(integer(0, 1000))),
    fallback: [],
    about:
      "How many snapshots of each dataset are kept (`zfs`), as in `hourly=24,daily=14,weekly=8`. None: no snapshots are made.",
  }),
  rescue: {
    raisePercent: setting({
      env: "STORAGE_RESCUE_PERCENT",
      live: true,
      parser: integer(0, 100, "percent"),
      fallback: 10,
      about:
        "By how much of their quota somebody who is over it may raise it by themselves, once until an administrator sets it anew, to get out. 0: not at all.",
    }),
    raiseSeconds: setting({
      env: "STORAGE_RESCUE_TIME",
      live: true,
      parser: seconds(60, 30 * DAY),
      fallback: DAY,
      about: "How long such a raise lasts.",
    }),
  },
} as const;
