import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "../../../../packages/server/src/storage/hosts/command.ts";
import type { HostAnswer } from "../../../../packages/server/src/storage/hosts/contract.ts";
import type { SshRunnerOptions } from "../../../../packages/server/src/storage/hosts/ssh-host.ts";
import type { VmImage } from "./build-vm.ts";
import { startAgent, type VmAgent } from "./vm-agent.ts";

export interface Vm extends AsyncDisposable {
  /** For hosts over SSH. */
  readonly ssh: Omit<SshRunnerOptions, "log">;
  /** Runs a command as root, at little cost: for hosts where SSH is not what is tried. */
  exec(command: Command): Promise<HostAnswer>;
  /** Runs a program as root or, with no other groups, as that uid. Its failure is an answer. */
  run(program: string, args: readonly string[], as?: { readonly uid: number }): Promise<HostAnswer>;
  /** What it says. @throws where it fails */
  must(program: string, ...args: readonly string[]): Promise<string>;
}

export interface VmHardware {
  /** Sizes in MiB: `/dev/vdb`, `/dev/vdc`… Sparse, and gone afterwards. */
  readonly disks: readonly number[];
  readonly memoryMib?: number;
  /** Files that are disks already, after those: read only. */
  readonly images?: readonly string[];
}

/** Milliseconds; without hardware to help it takes about 20 s. */
const BOOT = 240_000;
/** Milliseconds for one attempt at its sshd. */
const AGENT = 60_000;

/** Boots one on this machine, with no network but a port of its sshd at the loopback. */
export async function startVm(image: VmImage, hardware: VmHardware): Promise<Vm> {
  const folder = mkdtempSync(join(tmpdir(), "stoa-vm-run-"));
  const port = await freePort();
  const disks = hardware.disks.map((mib, index) => {
    const file = join(folder, `disk${index}`);
    execFileSync("truncate", ["-s", `${mib}M`, file]);
    return ["-drive", `file=${file},format=raw,if=virtio,cache=unsafe`];
  });
  const images = (hardware.images ?? []).map((file) => ["-drive", `file=${file},format=raw,if=virtio,readonly=on`]);
  const machine = spawn(
    // It ends with us, however we end.
    "setpriv",
    [
      ...["--pdeathsig", "KILL", "--", "qemu-system-x86_64"],
      ...["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", `${hardware.memoryMib ?? 1024}`],
      ...["-nographic", "-no-reboot", "-kernel", image.kernel, "-initrd", image.initrd],
      ...["-append", "console=ttyS0 no_timer_check root=/dev/vda rw net.ifnames=0 panic=-1 init=/sbin/stoa-vm-init"],
      ...[
        "-drive",
        `file=${image.disk},format=raw,if=virtio,cache=unsafe,snapshot=on`,
        ...disks.flat(),
        ...images.flat(),
      ],
      ...["-netdev", `user,id=net0,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`],
      ...["-device", "virtio-net-pci,netdev=net0", "-device", "virtio-rng-pci"],
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, TMPDIR: folder } },
  );
  const stopped = new Promise<void>((resolve) => machine.once("exit", () => resolve()));
  const ssh = {
    target: `root@127.0.0.1:${port}`,
    keyFile: image.keyFile,
    hostKey: image.hostKey,
    stateDir: join(folder, "state"),
  };
  let agent: VmAgent | null = null;

  async function end(): Promise<void> {
    agent?.close();
    if (machine.exitCode === null && machine.signalCode === null) machine.kill("SIGKILL");
    await stopped;
    rmSync(folder, { recursive: true, force: true });
  }

  const vm: Vm = {
    ssh,
    exec(command) {
      if (agent === null) throw new Error("The machine is not up yet.");
      return agent.run(command);
    },
    run(program, args, as) {
      if (as === undefined) return vm.exec({ program, args });
      const become = [`--reuid=${as.uid}`, `--regid=${as.uid}`, "--clear-groups", "--"];
      return vm.exec({ program: "setpriv", args: [...become, program, ...args] });
    },
    async must(program, ...args) {
      const { code, out, err } = await vm.run(program, args);
      if (code !== 0) throw new Error(`${program} ${args.join(" ")}: ${code} ${err}`);
      return out;
    },
    [Symbol.asyncDispose]: end,
  };
  try {
    await booted(machine);
    agent = await reach({ port, keyFile: image.keyFile, hostKey: image.hostKey, folder });
    return vm;
  } catch (error) {
    await end();
    throw error;
  }
}

async function booted(machine: ChildProcess): Promise<void> {
  let said = "";
  const up = new Promise<void>((resolve, reject) => {
    const hear = (part: Buffer): void => {
      said = (said + part.toString("utf8")).slice(-4000);
      if (said.includes("stoa-vm is up")) resolve();
    };
    machine.stdout?.on("data", hear);
    machine.stderr?.on("data", hear);
    machine.once("error", reject);
    machine.once("exit", (code) => reject(new Error(`The machine ended (${code}):\n${said}`)));
  });
  const late = sleep(BOOT, undefined, { ref: false }).then(() => {
    throw new Error(`The machine did not come up:\n${said}`);
  });
  await Promise.race([up, late]);
}

async function reach(access: Parameters<typeof startAgent>[0]): Promise<VmAgent> {
  for (const limit = Date.now() + BOOT; ; await sleep(500)) {
    const agent = startAgent(access);
    const late = sleep(AGENT, undefined, { ref: false }).then(() => {
      throw new Error("The machine's sshd does not answer.");
    });
    try {
      await Promise.race([agent.run({ program: "true", args: [] }), late]);
      return agent;
    } catch (error) {
      agent.close();
      if (Date.now() > limit) throw error;
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
