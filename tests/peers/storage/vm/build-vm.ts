import { execFile, execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A machine that can be booted: its files, and how to get in. */
export interface VmImage {
  readonly kernel: string;
  readonly initrd: string;
  /** Raw; never written to. */
  readonly disk: string;
  readonly keyFile: string;
  /** As `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
}

export interface VmRecipe {
  /** It is kept under this name; another recipe needs another. */
  readonly name: string;
  /** Debian's, besides the kernel, sshd and what makes them start. */
  readonly packages: readonly string[];
  readonly components?: readonly string[];
  /** Does more in the folder that becomes the machine's disk: `chroot` works there. */
  readonly prepare?: (root: string) => Promise<void>;
}

const SUITE = "bookworm";
/** Bytes of the disk that it starts from; sparse. */
const DISK = 3 * 2 ** 30;
const ALWAYS = ["linux-image-cloud-amd64", "initramfs-tools", "zstd", "kmod", "openssh-server", "iproute2", "procps"];
/** What has to be here to build and to boot one. */
const PROGRAMS = ["qemu-system-x86_64", "debootstrap", "mke2fs", "setpriv", "ssh", "ssh-keygen", "chroot"];

/** Where machines are kept between runs: some hundred MB each come over the network. */
export function vmFolder(): string {
  return process.env.STOA_VM_DIR ?? join(tmpdir(), "stoa-vm");
}

/** Why no machine can be built and booted here; null: one can. @throws where peers are required */
export function whyNoVm(): string | null {
  const missing = PROGRAMS.filter((program) => !isThere(program));
  const why =
    process.getuid?.() !== 0 ? "only root can build it" : missing.length > 0 ? `not here: ${missing.join(", ")}` : null;
  if (why !== null && process.env.STOA_PEERS === "required") throw new Error(`No virtual machine: ${why}.`);
  return why;
}

function isThere(program: string): boolean {
  return ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"].some((folder) =>
    existsSync(join(folder, program)),
  );
}

/** Builds a small Debian from its packages, once; two minutes, and 3 GB of sparse disk. */
export async function buildVm(recipe: VmRecipe): Promise<VmImage> {
  const folder = join(vmFolder(), recipe.name);
  const root = join(folder, "root");
  const ready = join(folder, ".complete");
  const made = JSON.stringify([recipe.packages, recipe.components ?? [], INIT]);
  if (!existsSync(ready) || readFileSync(ready, "utf8") !== made) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await unpack(recipe, root);
    await recipe.prepare?.(root);
    setUp(folder, root);
    takeKernel(folder, root);
    await run("mke2fs", ["-q", "-t", "ext4", "-d", root, join(folder, "disk"), `${DISK / 1024}`]);
    rmSync(root, { recursive: true, force: true });
    writeFileSync(ready, made);
  }
  return {
    kernel: join(folder, "kernel"),
    initrd: join(folder, "initrd"),
    disk: join(folder, "disk"),
    keyFile: join(folder, "key"),
    hostKey: readFileSync(join(folder, "host.pub"), "utf8").trim().split(" ").slice(0, 2).join(" "),
  };
}

async function unpack({ packages, components = ["main"] }: VmRecipe, root: string): Promise<void> {
  const include = [...ALWAYS, ...packages].join(",");
  const args = ["--variant=minbase", `--include=${include}`, `--components=${components.join(",")}`, SUITE, root];
  await run("nice", ["debootstrap", ...args], { maxBuffer: 2 ** 26, timeout: 1_200_000 });
}

/** Keys, and what runs first. */
function setUp(folder: string, root: string): void {
  for (const name of ["key", "host"]) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "stoa-vm", "-f", join(folder, name)]);
  }
  cpSync(join(folder, "host"), join(root, "etc/ssh/stoa_host"));
  chmodSync(join(root, "etc/ssh/stoa_host"), 0o600);
  mkdirSync(join(root, "root/.ssh"), { recursive: true, mode: 0o700 });
  cpSync(join(folder, "key.pub"), join(root, "root/.ssh/authorized_keys"));
  writeFileSync(join(root, "sbin/stoa-vm-init"), INIT, { mode: 0o755 });
}

function takeKernel(folder: string, root: string): void {
  for (const [from, to] of [
    ["vmlinuz-", "kernel"],
    ["initrd.img-", "initrd"],
  ] as const) {
    const name = readdirSync(join(root, "boot")).find((each) => each.startsWith(from));
    if (name === undefined) throw new Error(`The machine's packages have no ${from}* in /boot.`);
    cpSync(join(root, "boot", name), join(folder, to));
  }
}

/** Instead of an init system: network, sshd, and nothing that takes time. */
const INIT = `#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
for each in proc sysfs devtmpfs devpts tmpfs; do
  case $each in proc) at=/proc;; sysfs) at=/sys;; devtmpfs) at=/dev;; devpts) at=/dev/pts;; tmpfs) at=/run;; esac
  mkdir -p $at
  mountpoint -q $at || mount -t $each $each $at
done
mount -o remount,rw /
hostname stoa-vm
modprobe virtio_net
ip link set lo up
ip addr add 10.0.2.15/24 dev eth0
ip link set eth0 up
mkdir -p /run/sshd
/usr/sbin/sshd -e -o HostKey=/etc/ssh/stoa_host -o UseDNS=no -o UsePAM=no -o PermitRootLogin=prohibit-password -o MaxSessions=40
echo stoa-vm is up
while :; do wait; sleep 1; done
`;
