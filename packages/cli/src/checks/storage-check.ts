import { stat } from "node:fs/promises";
import type { Config } from "@stoa/server/config/schema.ts";
import { type Check, fail, ok } from "@stoa/server/platform/database/doctor/check.ts";
import { createLog } from "@stoa/server/platform/telemetry/log.ts";
import { createLocalHost } from "@stoa/server/storage/hosts/local-host.ts";
import { storageBase } from "@stoa/server/storage/hosts/open-host.ts";

const NAME = "storage";

/** Whether the place that STORAGE_BASE_PATH names is there, and on what. Makes nothing, and asks no other machine. */
export async function storageCheck(config: Pick<Config, "dataDir" | "storage">): Promise<Check> {
  const { backend, basePath, ssh } = config.storage;
  const base = storageBase(config);
  if (ssh.target !== null) return ok(NAME, `${backend} at ${base} on ${ssh.target}, which is not asked from here`);
  return backend === "zfs" ? datasetCheck(base) : directoryCheck(base, basePath === null);
}

async function directoryCheck(base: string, isOurs: boolean): Promise<Check> {
  const found = await stat(base).catch(() => null);
  if (found === null && isOurs) return ok(NAME, `none yet: the first start makes ${base}`);
  if (found === null) {
    return fail(NAME, `${base} is not there, or this account may not see it`, "Mount it, or change STORAGE_BASE_PATH.");
  }
  if (!found.isDirectory()) return fail(NAME, `${base} is no directory`, "Move it away, or change STORAGE_BASE_PATH.");
  const { code, out } = await hostOf("posix", base).run({ do: "file-system" });
  const [on] = code === 0 ? (JSON.parse(out) as { filesystems: { fstype: string; target: string }[] }).filesystems : [];
  return ok(NAME, `directories below ${base}${on === undefined ? "" : `, on ${on.fstype} at ${on.target}`}`);
}

async function datasetCheck(base: string): Promise<Check> {
  const question = { do: "zfs-get", properties: ["type"], places: [{ kind: "base" }], recursive: false } as const;
  const { code, err } = await hostOf("zfs", base).run(question);
  if (code === 0) return ok(NAME, `datasets below ${base}`);
  const fix = "Run it as root, import the pool, or change STORAGE_BASE_PATH.";
  return fail(NAME, `the dataset ${base} can't be read: ${err.trim().split("\n").at(-1) ?? ""}`, fix);
}

const hostOf = (backend: "posix" | "zfs", base: string) =>
  createLocalHost({ backend, base, log: createLog({ logLevel: "silent" }) });
