import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createLocalResource } from "./local.ts";
import { plainHost } from "./plain-host.ts";

const log = pino({ level: "silent" });
let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "stoa-plain-"));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

it("has no types left, and no tests, and can be read by everybody", async () => {
  const { host, task } = await plainHost({ dataDir, log });
  expect([host, task].map((file) => statSync(file).mode & 0o777)).toEqual([0o644, 0o644]);
  const names = readdirSync(dirname(host), { recursive: true, encoding: "utf8" });
  const own = names.filter((name) => !name.startsWith("node_modules"));
  expect(own.filter((name) => name.endsWith(".ts"))).toEqual([]);
  const sources = own.filter((name) => name.endsWith(".mjs")).map((name) => join(dirname(host), name));
  for (const file of sources) expect(readFileSync(file, "utf8"), file).not.toMatch(/["']\.{1,2}\/[^"']*\.ts["']/);
});

it("is made once, also by two at a time, and anew when its sources change", async () => {
  const [one, two] = await Promise.all([plainHost({ dataDir, log }), plainHost({ dataDir, log })]);
  expect(two).toEqual(one);
  const at = statSync(one.host).mtimeMs;
  await plainHost({ dataDir, log });
  expect(statSync(one.host).mtimeMs).toBe(at);
  expect(readdirSync(join(dataDir, "runtime"))).toHaveLength(1);

  const folder = join(dataDir, "sources");
  mkdirSync(folder);
  for (const name of ["ws", "@lydell/node-pty"]) mkdirSync(join(dataDir, "node_modules", name), { recursive: true });
  const made: string[] = [];
  for (const text of ["export const a: number = 1;", "export const a: number = 2;"]) {
    writeFileSync(join(folder, "main.ts"), text);
    made.push((await plainHost({ dataDir, log }, folder)).host);
  }
  expect(new Set(made).size).toBe(2);
  expect(readFileSync(made[1] as string, "utf8")).toMatch(/export const a {9}= 2;/);
});

it("is the sources themselves where its packages are not found", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stoa-alone-"));
  writeFileSync(join(folder, "main.ts"), "export {};");
  expect(await plainHost({ dataDir, log }, folder)).toEqual({
    host: join(folder, "main.ts"),
    task: join(folder, "task.ts"),
  });
  rmSync(folder, { recursive: true });
});

it("runs a terminal and a plain program", async () => {
  const { host } = await plainHost({ dataDir, log });
  const limits = { scrollbackBytes: 64_000, logBytes: 256_000, graceSeconds: 0.5, lingerSeconds: 0 };
  const runDirectory = join(dataDir, "run");
  const resource = createLocalResource({ runDirectory, limits, hostProgram: async () => host });
  for (const [jobId, kind] of [
    [1, "pty"],
    [2, "plain"],
  ] as const) {
    const marker = randomUUID();
    await resource.start({
      jobId,
      ownerId: 1,
      marker,
      kind,
      command: ["/bin/sh", "-c", "tr '\\0' ' ' < /proc/$PPID/cmdline; exit 3"],
      cwd: dataDir,
      env: { PATH: "/usr/bin:/bin" },
      web: kind === "pty" ? "terminal" : "none",
      listens: "socket",
      prepare: [],
      writable: [],
      cpus: 1,
      memoryBytes: 2 ** 30,
      timeLimitSeconds: null,
    });
    await expect.poll(() => resource.observe({ id: jobId, marker })).toMatchObject({ state: "ended", code: 3 });
    expect((await resource.output(jobId, 0, 2_000)).bytes.toString()).toContain(host);
  }
  resource.close();
});
