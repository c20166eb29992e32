import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findTree } from "../host/process-tree.ts";
import { createGround, type Ground } from "../test-ground.ts";
import { startSessions, type TestSessions } from "../test-sessions-server.ts";
import { declared } from "./declared.ts";
import { preparedEnvironment } from "./prepared-environment.ts";

/** Makes half of an environment, then takes long, until it is told to be quick. */
const PYTHON = `#!/bin/sh
for place; do :; done
echo "$place" >> "$AT/asked"
mkdir -p "$place"
[ -e "$AT/quick" ] || { touch "$place/half"; sleep 300; }
mkdir "$place/bin"
`;

let home: string;
let ground: Ground;
let server: TestSessions;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "stoa-killed-"));
  const python = join(home, "python");
  writeFileSync(python, PYTHON.replaceAll("$AT", home));
  chmodSync(python, 0o755);
  const type = declared({
    id: "made_first",
    name: "Made first",
    icon: "apps",
    program: "/bin/sleep",
    args: [[{ text: "60" }]],
    ready: "started",
    environment: {},
    environmentFolder: null,
    resources: ["num_cpus"],
    parameters: [],
  });
  const made = { kind: "packages", python, packages: [] } as const;
  ground = await createGround();
  server = await startSessions(ground, {
    // With no uv on its path: what makes it is Python's own venv.
    extraJobTypes: [
      { ...type, prepare: () => preparedEnvironment(made, { env: { HOME: home, PATH: "" }, sees: () => true }).steps },
    ],
  });
});
afterAll(async () => {
  await server?.stop();
  await ground?.clear();
  rmSync(home, { recursive: true, force: true });
});

const read = (jobId: number, name: string) =>
  JSON.parse(readFileSync(join(ground.dataDir, "run/sessions", String(jobId), name), "utf8"));
const asked = (): string[] => {
  const file = join(home, "asked");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
};

describe("a session's host that is killed while it makes an environment", () => {
  it("ends the session, told, with all that was making it; the next session makes it anew", async () => {
    const first = await server.begin("made_first");
    await expect.poll(asked, { timeout: 10_000 }).toHaveLength(1);
    const [folder = ""] = asked();
    await expect.poll(() => existsSync(join(folder, "half"))).toBe(true);
    const { marker } = read(first.jobId, "job.json") as { marker: string };
    const tree = (): number[] => findTree({ marker, root: null, spare: [] }).map(({ pid }) => pid);
    expect(tree()).not.toEqual([]);
    process.kill((read(first.jobId, "host.json") as { pid: number }).pid, "SIGKILL");

    await server.until(first.jobId, "failed", 15_000);
    const told = (await server.call("GET", `/api/stoa/v1/sessions/${first.jobId}`)).body;
    expect(told).toMatchObject({ reason_told: { code: "host_ended" }, preparing: null, ready: false });
    expect(tree()).toEqual([]);
    expect(existsSync(join(folder, ".stoa-made"))).toBe(false);

    writeFileSync(join(home, "quick"), "");
    const second = await server.begin("made_first");
    await server.until(second.jobId, "running", 15_000);
    expect(asked()).toEqual([folder, folder]);
    expect(readdirSync(folder).sort()).toEqual([".stoa-made", "bin"]);
  });
});
