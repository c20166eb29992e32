import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Enclosure } from "../job-file.ts";

export type Network = Enclosure["network"];
export type LedOut = Extract<Network, { by: string }>;

/** Where a program in a network of its own finds name servers: its way out asks those of the machine. */
const NAME_SERVERS = { pasta: "169.254.1.1", slirp4netns: "10.0.2.3" } as const;
/** In the run folder. */
const RESOLVER = "resolv.conf";
/** Here clouds hand out the machine's own credentials to whoever asks. */
const METADATA = ["169.254.169.254", "100.100.100.200", "fd00:ec2::254"];
const BEGINS_WITHIN_MS = 5000;
const LOOK_MS = 5;
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Waits for the way out (it is there when there is a route; five seconds at most), bars the metadata services, and goes
 * on as the command. Whoever is enclosed afterwards has no rights over the network any more.
 */
const WHEN_LED_OUT = `PATH=${PATH}
n=0
while [ "$(wc -l </proc/net/route)" -lt 2 ] && [ "$n" -lt 100 ]; do sleep 0.05; n=$((n + 1)); done
for address in ${METADATA.join(" ")}; do ip route add unreachable "$address" 2>/dev/null; done
exec "$@"`;
/** Ends with its standard input, which is the host's: nothing else ends it when the host is killed. */
const GUARD = `"$@" </dev/null & way=$!
read -r _
kill "$way"`;

export function isLedOut(network: Network): network is LedOut {
  return typeof network === "object";
}

/** What comes before a command that is to begin in a network of its own, led out by `leadOut`. */
export function inOwnNetwork(): [string, ...string[]] {
  return ["/usr/bin/unshare", "--user", "--map-root-user", "--net", "--", "/bin/sh", "-c", WHEN_LED_OUT, "sh"];
}

/** The file with the name servers in it; made when absent. Absolute. */
export function resolverOf({ by }: LedOut): string {
  writeFileSync(RESOLVER, `nameserver ${NAME_SERVERS[by]}\n`, { mode: 0o644 });
  return resolve(RESOLVER);
}

/**
 * Leads the network of this process (begun with `inOwnNetwork`) out to others, but not to this machine's loopback,
 * and nothing in from outside.
 * @returns ends it
 */
export function leadOut(network: LedOut, pid: number): () => void {
  let guard: ChildProcess | undefined;
  const until = Date.now() + BEGINS_WITHIN_MS;
  const timer = setInterval(() => {
    // Before that it would be the machine's own network.
    if (hasOwnNetwork(pid)) guard = guarded(network.program, wayOut(network, pid));
    if (guard !== undefined || Date.now() > until) clearInterval(timer);
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    guard?.stdin?.destroy();
  };
}

/** True once its network is not ours, and who is who in there is settled (the groups are the last of it). */
function hasOwnNetwork(pid: number): boolean {
  try {
    const isOwn = readlinkSync(`/proc/${pid}/ns/net`) !== readlinkSync("/proc/self/ns/net");
    return isOwn && readFileSync(`/proc/${pid}/gid_map`, "utf8") !== "";
  } catch {
    return false;
  }
}

function guarded(program: string, args: readonly string[]): ChildProcess {
  const guard = spawn("/bin/sh", ["-c", GUARD, "sh", program, ...args], {
    cwd: "/",
    env: { PATH },
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.on("error", () => {});
  guard.stdin?.on("error", () => {});
  guard.unref();
  return guard;
}

function wayOut({ by }: LedOut, pid: number): string[] {
  if (by === "slirp4netns") {
    return ["--configure", "--mtu=65520", "--disable-host-loopback", String(pid), "tap0"];
  }
  const noPorts = ["-t", "none", "-u", "none", "-T", "none", "-U", "none"];
  const names = ["--dns-forward", NAME_SERVERS.pasta];
  return ["--foreground", "--quiet", "--config-net", "--no-map-gw", ...noPorts, ...names, String(pid)];
}
