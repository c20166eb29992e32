import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { JobType } from "../job-types/contract.ts";
import { terminal } from "../job-types/terminal.ts";
import { createLook } from "./look.ts";
import { programVersion } from "./program-version.ts";

let folder = "";
let program = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stoa-look-"));
  program = join(folder, "lab");
  await say("echo banner\necho 4.2.1");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function say(script: string): Promise<void> {
  await writeFile(program, `#!/bin/sh\n${script}\n`);
  await chmod(program, 0o755);
}

it("tells of each type whether it can be started, by which program of which version, and why not", async () => {
  const types: JobType[] = [
    { ...terminal, id: "lab", found: () => program },
    { ...terminal, id: "absent", found: () => null, missing: () => "It is not installed." },
    { ...terminal, id: "port", found: () => program, protection: "private-network" },
  ];
  const capabilities = { ports: false, noPorts: "nothing encloses them" };
  const local = { capabilities } as unknown as Parameters<typeof createLook>[0]["local"];
  const look = createLook({ jobTypes: new Map(types.map((type) => [type.id, type])), local });
  const { types: seen } = await look(false);
  expect(seen).toMatchObject([
    { why: null, path: program, version: "4.2.1" },
    { why: { text: "It is not installed." }, version: null },
    { why: { code: "port_not_protected" }, version: null },
  ]);
  await say("echo 5.0.0");
  expect((await look(false)).types[0]?.version).toBe("4.2.1");
});

it("takes no number for a version that a program does not tell", async () => {
  await say("exit 3");
  expect(await programVersion(program)).toBeNull();
  expect(await programVersion(join(folder, "absent"))).toBeNull();
});
