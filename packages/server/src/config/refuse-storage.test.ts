import { expect, test } from "vitest";
import { loadConfig } from "./load.ts";
import { ConfigError } from "./problems.ts";

/** What the configuration is refused for: the settings named, in order. */
function refused(env: Record<string, string>): string[] {
  try {
    loadConfig({ STOA_DATA_DIR: "/srv/stoa", ...env }, "/nonexistent");
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.list.map((problem) => problem.where);
    throw error;
  }
}

const BASE = "STORAGE_BASE_PATH";
const at = (path: string) => ({ [BASE]: path });
const ZFS = { STORAGE_BACKEND: "zfs" };
const TANK = { ...ZFS, ...at("tank/home") };
const SSH = {
  ...at("/srv/storage"),
  STORAGE_SSH: "root@files",
  STORAGE_SSH_KEY_FILE: "/etc/stoa/key",
  STORAGE_SSH_HOST_KEY: "ssh-ed25519 AAAA",
};
const without = (name: string) => Object.fromEntries(Object.entries(SSH).filter(([key]) => key !== name));

test.each<[Record<string, string>, string[]]>([
  [{}, []],
  [at("/srv/storage"), []],
  [at("/srv/storage/"), [BASE]],
  [at("srv/storage"), [BASE]],
  [at("/srv/../etc"), [BASE]],
  [at("/srv//storage"), [BASE]],
  [at("/"), [BASE]],
  [at("/srv"), [BASE]],
  [at("/srv/stoa"), [BASE]],
  [at("/srv/stoa/workspaces"), [BASE]],
  [at("/srv/stoa/storage"), []],
  [at("/srv/stoa-storage"), []],
  [TANK, []],
  [{ ...ZFS, ...at("tank") }, []],
  [{ ...ZFS, ...at("tank/home-1.2:x/a_b") }, []],
  [ZFS, ["STORAGE_BACKEND"]],
  [{ ...ZFS, ...at("tank/home/") }, [BASE]],
  [{ ...ZFS, ...at("/tank/home") }, [BASE]],
  [{ ...ZFS, ...at("tank/home@daily") }, [BASE]],
  [{ ...ZFS, ...at("tank//home") }, [BASE]],
  [{ ...ZFS, ...at("1tank") }, [BASE]],
  [{ ...ZFS, ...at("tank/my home") }, [BASE]],
  [{ ...ZFS, ...at("-r") }, [BASE]],
  [SSH, []],
  [{ ...SSH, ...at("/srv/stoa/workspaces") }, []],
  [{ ...SSH, STORAGE_SSH: "root@files.example.org:2222" }, []],
  [{ ...SSH, STORAGE_SSH: "root@[2001:db8::1]:22" }, []],
  [without("STORAGE_SSH_KEY_FILE"), ["STORAGE_SSH"]],
  [without("STORAGE_SSH_HOST_KEY"), ["STORAGE_SSH"]],
  [without(BASE), ["STORAGE_SSH"]],
  [without("STORAGE_SSH"), ["STORAGE_SSH_KEY_FILE"]],
  [{ ...SSH, STORAGE_SSH: "files" }, ["STORAGE_SSH"]],
  [{ ...SSH, STORAGE_SSH: "root@files:0" }, ["STORAGE_SSH"]],
  [{ ...SSH, STORAGE_SSH: "root@files:65536" }, ["STORAGE_SSH"]],
  [{ ...SSH, STORAGE_SSH: "root@files:" }, ["STORAGE_SSH"]],
  [{ ...SSH, STORAGE_SSH: "root@-oProxyCommand=id" }, ["STORAGE_SSH"]],
  [{ ...SSH, STORAGE_SSH: "-l@files" }, ["STORAGE_SSH"]],
  [{ ...SSH, STORAGE_SSH: "ssh://root@files" }, ["STORAGE_SSH"]],
  [{ STORAGE_ENFORCEMENT: "user" }, ["STORAGE_ENFORCEMENT"]],
  [{ STORAGE_ENFORCEMENT: "user", STORAGE_OWNERSHIP: "account" }, []],
  [{ STORAGE_ENFORCEMENT: "project" }, []],
  [{ STORAGE_WORKSPACES: "inside" }, ["STORAGE_WORKSPACES"]],
  [{ STORAGE_WORKSPACES: "inside", STORAGE_OWNERSHIP: "account" }, []],
  [{ STORAGE_WORKSPACES: "inside", STOA_BROKER: "off" }, []],
  [{ ...TANK, STORAGE_SNAPSHOTS: "hourly=24,daily=14,weekly=8" }, []],
  [{ ...TANK, STORAGE_SNAPSHOTS: "yearly=1" }, ["STORAGE_SNAPSHOTS"]],
  [{ ...TANK, STORAGE_SNAPSHOTS: "daily=1,daily=2" }, ["STORAGE_SNAPSHOTS"]],
  [{ STORAGE_SNAPSHOTS: "daily=14" }, ["STORAGE_SNAPSHOTS"]],
])("%j is refused for %j", (env, expected) => {
  expect(refused(env)).toEqual(expected);
});
