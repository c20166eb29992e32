import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findHierarchies } from "../../../platform/processes/control-groups/hierarchies.ts";

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const v2 = isRoot ? findHierarchies().v2 : null;

/** As under systemd, which gives a user's services a part of the hierarchy; only root can play systemd. */
describe.runIf(v2 !== null)("control groups of an ordinary user's server", () => {
  let given: string;
  let folder: string;
  beforeEach(() => {
    given = join(v2?.parent ?? "", `test-given-${randomUUID().slice(0, 8)}`);
    mkdirSync(join(given, "service"), { recursive: true });
    for (const at of [given, join(given, "service")]) {
      for (const name of ["", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"]) {
        chownSync(join(at, name), NOBODY, NOBODY);
      }
    }
    folder = mkdtempSync(join(tmpdir(), "stoa-own-"));
    chownSync(folder, NOBODY, NOBODY);
  });
  afterEach(() => {
    execFileSync("/bin/sh", ["-c", `find ${given} -depth -type d -exec rmdir {} + || true`], { stdio: "ignore" });
    if (existsSync(given)) rmdirSync(given);
    rmSync(folder, { recursive: true });
  });

  /** In a process of that user's, begun in a group; it may read our sources, and nothing else. */
  async function run(group: string, script: string): Promise<string> {
    const may = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"];
    const drop = ["/usr/bin/setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", ...may];
    const node = [...drop, process.execPath, "--input-type=module", "-e", script];
    const child = spawn("/bin/sh", ["-c", `echo 0 > ${group}/cgroup.procs; exec "$@"`, "sh", ...node], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: process.env.PATH },
    });
    let said = "";
    for await (const part of child.stdout) said += String(part);
    return said.trim();
  }
  const source = (name: string) => JSON.stringify(join(import.meta.dirname, name));

  it("are used where the server was started in what is its own", async () => {
    const script = `
      const { createLocalResource } = await import(${source("local.ts")});
      const limits = { scrollbackBytes: 9999, logBytes: 9999, graceSeconds: 0.3, lingerSeconds: 0 };
      const local = createLocalResource({ runDirectory: ${JSON.stringify(folder)} + "/run", limits });
      const hides = 'trap "" TERM; (env -i PATH=/bin:/usr/bin setsid sh -c "trap \\"\\" TERM; sleep 77; sleep 77" &); sleep 60';
      await local.start({ jobId: 5, ownerId: 1, marker: "m", kind: "plain", command: ["/bin/sh", "-c", hides],
        cwd: ${JSON.stringify(folder)}, env: { PATH: "/bin:/usr/bin" }, web: "none", listens: "socket", prepare: [],
        writable: [], cpus: 1, memoryBytes: 2 ** 28, timeLimitSeconds: null });
      await new Promise((done) => setTimeout(done, 300));
      const { means } = await local.observe(5);
      await local.stop(5, "enough");
      console.log(JSON.stringify({ means, end: await local.observe(5) }));
      await new Promise((done) => setTimeout(done, 500));
      local.close();`;
    const { means, end } = JSON.parse(await run(join(given, "service"), script)) as Record<string, object>;
    expect(means).toMatchObject({ ending: expect.stringMatching(/^cgroup-/) });
    expect(end).toMatchObject({ state: "ended", cause: "stopped" });
    const inside = execFileSync("/bin/sh", ["-c", `cat $(find ${given} -name cgroup.procs)`], { encoding: "utf8" });
    expect(inside).toBe("");
  }, 20_000);

  it("are not where it was started elsewhere", async () => {
    const script = `
      const { openOwnGroups } = await import(${source("own-groups.ts")});
      console.log(openOwnGroups("0123456789abcdef"));`;
    expect(await run(v2?.parent ?? "", script)).toBe("null");
    expect(readFileSync(join(given, "cgroup.procs"), "utf8")).toBe("");
  });
});
