import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { dirname } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { JobFile } from "../job-file.ts";
import { readOutputLog } from "../output-log.ts";
import { endHosts, eventually, startHost, type TestHost } from "../test-host.ts";

afterEach(endHosts);

/** pasta becomes nobody when root starts it, and then reaches no network of root's; sessions are never root's. */
const isRoot = process.getuid?.() === 0;
const works = (by: string): boolean => {
  try {
    accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
    return existsSync(`/usr/bin/${by}`) && existsSync("/usr/bin/bwrap") && !(by === "pasta" && isRoot);
  } catch {
    return false;
  }
};

describe.each(["pasta", "slirp4netns"] as const)("a network led out by %s", (by) => {
  const network = { by, program: `/usr/bin/${by}` };
  const enclosure: NonNullable<JobFile["enclosure"]> = {
    bubblewrap: "/usr/bin/bwrap",
    writable: [],
    readable: [dirname(process.execPath)],
    hidden: [],
    network,
  };
  const begin = (command: readonly [string, ...string[]]): Promise<TestHost> =>
    startHost({ command, kind: "plain", enclosure });

  it.runIf(works(by))("has a way to others, and none to this machine's loopback or the cloud's metadata", async () => {
    const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
    await new Promise((done) => server.once("listening", done));
    const { port } = server.address() as { port: number };
    const gateways = ["127.0.0.1", "localhost", "10.0.2.2", ...gatewaysHere()];
    const script = `
      for (const host of ${JSON.stringify(gateways)}) try_("loopback", { host, port: ${port} });
      for (const host of ["169.254.169.254", "100.100.100.200"]) try_("metadata", { host, port: 80 });
      try_("abstract", { path: "\\0stoa-none" });
      function try_(what, to) {
        const socket = require("net").connect({ ...to, timeout: 1500 });
        socket.on("connect", () => { console.log(what, JSON.stringify(to), "REACHED"); socket.destroy(); });
        socket.on("error", (e) => console.log(what, to.host, e.code));
        socket.on("timeout", () => { console.log(what, to.host, "silence"); socket.destroy(); });
      }
      console.log(Object.keys(require("os").networkInterfaces()).filter((name) => name !== "lo").length, "ways");
      console.log(require("fs").readFileSync("/etc/resolv.conf", "utf8"));`;
    const host = await begin([process.execPath, "-e", script]);
    await host.exit();
    server.close();
    const text = readOutputLog(host.folder, 0, 20_000).bytes.toString();
    expect(text).not.toContain("REACHED");
    expect(text).toContain("metadata 169.254.169.254 EHOSTUNREACH");
    expect(text).toMatch(/^1 ways$/m);
    expect(text).toMatch(/^nameserver (169\.254\.1\.1|10\.0\.2\.3)$/m);
  });

  it.runIf(works(by))("gives whoever is inside no right to change it", async () => {
    const host = await begin([
      "/bin/sh",
      "-c",
      "ip route del unreachable 169.254.169.254 2>&1; ip link set lo down 2>&1",
    ]);
    await host.exit();
    const text = readOutputLog(host.folder, 0, 5000).bytes.toString();
    expect(text.match(/not permitted/g)?.length).toBe(2);
  });

  it.runIf(works(by))("ends with the session, and with its host when that is killed", async () => {
    const host = await begin(["/bin/sleep", "60"]);
    const { means, childPid } = await host.status();
    expect(means?.network).toBe(by);
    await eventually(() => waysOf(by, childPid) > 0);
    await host.stop();
    await host.exit();
    await eventually(() => waysOf(by, childPid) === 0);

    const other = await begin(["/bin/sleep", "60"]);
    const { childPid: its } = await other.status();
    await eventually(() => waysOf(by, its) > 0);
    other.process.kill("SIGKILL");
    await eventually(() => waysOf(by, its) === 0);
  });
});

/** Processes that lead out the network of this one. */
function waysOf(by: string, pid: number | null): number {
  const lines = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
      } catch {
        return []; // gone
      }
    });
  return lines.filter((line) => line.some((part) => part.endsWith(by)) && line.includes(String(pid))).length;
}

/** Where a machine's networks begin: by a mapped address of the gateway its loopback could be reached. */
function gatewaysHere(): string[] {
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return own
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address.replace(/\d+$/, "1"));
}
