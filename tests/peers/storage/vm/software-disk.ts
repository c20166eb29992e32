import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const CHECKOUT = resolve(import.meta.dirname, "../../../..");
const SERVER = "packages/server/src";
/** What works on people's files, and what it stands on: no package of others' is part of it. */
const SOURCES = [
  "workspaces/files",
  "workspaces/file-work",
  "workspaces/details",
  "platform/errors",
  "platform/processes",
];
const SCRIPTS = "tests/peers/storage/vm/look-back.ts";
const MIB = 192;

/** A disk with the Node that this runs on and the work on people's files, for a machine without a network. */
export interface SoftwareDisk extends Disposable {
  readonly image: string;
  /** Below the disk's root. */
  readonly node: string;
  readonly script: string;
}

export function softwareDisk(): SoftwareDisk {
  const folder = mkdtempSync(join(tmpdir(), "stoa-vm-software-"));
  const root = join(folder, "root");
  for (const path of [...SOURCES.map((source) => join(SERVER, source)), SCRIPTS]) {
    cpSync(join(CHECKOUT, path), join(root, path), { recursive: true });
  }
  cpSync(join(CHECKOUT, "package.json"), join(root, "package.json"));
  mkdirSync(join(root, "bin"));
  cpSync(process.execPath, join(root, "bin/node"));
  const image = join(folder, "image");
  execFileSync("mke2fs", ["-q", "-t", "ext4", "-d", root, image, `${MIB}M`]);
  rmSync(root, { recursive: true });
  return {
    image,
    node: "bin/node",
    script: SCRIPTS,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
