import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type VmRecipe, vmFolder } from "./build-vm.ts";

const run = promisify(execFile);
const SUITE = "bookworm";
/** Milliseconds: it is a quarter of an hour on a busy machine. */
const LONG = { maxBuffer: 2 ** 28, timeout: 3_600_000 };

/** OpenZFS as Debian has it, whose modules everybody builds for their own kernel. */
export const OPENZFS: VmRecipe = {
  name: "openzfs",
  // The second for Node, where it is brought along.
  packages: ["zfsutils-linux", "libstdc++6"],
  components: ["main", "contrib"],
  async prepare(root) {
    const version = kernelOf(root);
    const modules = await zfsModules(version);
    cpSync(modules, join(root, "lib/modules", version, "updates"), { recursive: true });
    await run("chroot", [root, "depmod", version]);
  },
};

function kernelOf(root: string): string {
  const [version] = readdirSync(join(root, "lib/modules"));
  if (version === undefined) throw new Error(`There is no kernel in ${root}.`);
  return version;
}

/** The folder of ZFS's modules for that kernel; built once, and kept. */
async function zfsModules(version: string): Promise<string> {
  const folder = join(vmFolder(), "zfs-modules", version);
  if (existsSync(folder)) return folder;
  const root = join(vmFolder(), "zfs-modules", "build");
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const include = `linux-headers-${version},dkms,kmod`;
  const args = ["--variant=minbase", `--include=${include}`, "--components=main,contrib", SUITE, root];
  await run("nice", ["debootstrap", ...args], LONG);
  writeFileSync(join(root, "usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  await withProc(root, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
    const install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "zfs-dkms"];
    await run("nice", ["chroot", root, ...install], { ...LONG, env });
  });
  const built = join(root, "lib/modules", version, "updates/dkms");
  if (!existsSync(join(built, "zfs.ko"))) throw new Error(`ZFS's modules were not built for ${version}: see ${root}`);
  const fresh = `${folder}.new`;
  cpSync(built, fresh, { recursive: true });
  renameSync(fresh, folder);
  rmSync(root, { recursive: true, force: true });
  return folder;
}

async function withProc(root: string, work: () => Promise<void>): Promise<void> {
  await run("mount", ["-t", "proc", "proc", join(root, "proc")]);
  try {
    await work();
  } finally {
    await run("umount", [join(root, "proc")]);
  }
}
