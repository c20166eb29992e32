import { execFileSync } from "node:child_process";

/**
 * Runs a command in control groups: whoever starts it enters them first, so that nothing it starts is ever outside.
 * @param groups absolute directories, in any hierarchies
 */
export function inGroups(
  groups: readonly string[],
  command: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  if (groups.length === 0) return command;
  const enter = 'while [ "$1" != -- ]; do echo 0 > "$1/cgroup.procs" || exit 71; shift; done; shift; exec "$@"';
  return ["/bin/sh", "-c", enter, "sh", ...groups, "--", ...command];
}

/** Groups that we may make, and may not move anything into, are of no use. */
export function canEnter(groups: readonly string[]): boolean {
  try {
    const [program, ...args] = inGroups(groups, ["/bin/true"]);
    execFileSync(program, args, { stdio: "ignore", timeout: 10_000, killSignal: "SIGKILL" });
    return true;
  } catch {
    return false;
  }
}
