import { describeFeatures } from "@stoa/server/config/features.ts";
import { loadConfig } from "@stoa/server/config/load.ts";
import { trySessionLimits } from "@stoa/server/platform/processes/control-groups/try-limits.ts";
import { chooseBroker } from "@stoa/server/platform/processes/open-broker.ts";
import { findMeans } from "@stoa/server/sessions/resources/local/means/find-means.ts";
import { afterEach, describe, expect, it } from "vitest";
import { CommandLine } from "./testing/remembering-terminal.ts";

const open: CommandLine[] = [];
function commandLine(env: Record<string, string> = {}): CommandLine {
  const made = new CommandLine(env);
  open.push(made);
  return made;
}
afterEach(() => {
  for (const made of open.splice(0)) made.remove();
});

describe("the command line", () => {
  it.each([
    [["--help"], 0],
    [["backup", "--help"], 0],
    [[], 2],
    [["backup"], 2],
    [["nonsense"], 2],
    [["doctor", "--nonsense"], 2],
    [["config", "print", "surplus"], 2],
  ])("stoa %j ends in %i", async (args, code) => {
    expect((await commandLine().run(...args)).code).toBe(code);
  });

  it("shows every command with an example in its help", async () => {
    const { out } = await commandLine().run("--help");
    for (const name of ["doctor", "backup", "restore", "audit", "admin", "config", "secret", "version"]) {
      expect(out).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    }
    expect((await commandLine().run("restore", "--help")).out).toContain("npx stoa restore --check");
  });

  it("guesses what a mistyped command was to be", async () => {
    expect((await commandLine().run("docter")).err).toContain("Did you mean doctor?");
  });

  it("says its version", async () => {
    const { out } = await commandLine().run("version", "--json");
    expect(JSON.parse(out)).toEqual({ stoa: expect.stringMatching(/^\d+\.\d+\.\d+/), node: process.versions.node });
  });
});

describe("stoa config", () => {
  it("check says that all is in order", async () => {
    expect(await commandLine().run("config", "check")).toMatchObject({
      code: 0,
      out: expect.stringContaining("in order"),
    });
  });

  it("check lists every problem, and ends in 2", async () => {
    const { code, err } = await commandLine({ STOA_PORT: "x", STOA_HOTS: "y" }).run("config", "check");
    expect(code).toBe(2);
    expect(err).toMatch(/STOA_HOTS is not a setting.*STOA_PORT is not a port/s);
  });

  it("check gives the problems to programs too", async () => {
    const { code, out } = await commandLine({ STOA_PORT: "x" }).run("config", "check", "--json");
    expect(code).toBe(2);
    expect(JSON.parse(out).error.problems).toEqual([expect.objectContaining({ where: "STOA_PORT" })]);
  });

  it("print shows what applies and from where, and no secret", async () => {
    const line = commandLine({ API_KEY: "hunter2-hunter2-hunter2", STOA_PORT: "9000" });
    const { out } = await line.run("config", "print");
    expect(out).toContain("STOA_PORT=9000   # environment");
    expect(out).toContain("API_KEY=(set)   # environment");
    expect(out).toMatch(/STOA_DATA_DIR=.*data {3}# STOA_DATA_DIR in \.env/);
    expect(out).not.toContain("STOA_HOST=");
    expect(out).not.toContain("hunter2");
    expect(out).toMatch(/^on {3}registration/m);
  });

  it.each([{}, { STOA_BROKER: "off" }])(
    "print says of what keeps people apart what the start says: %j",
    async (env) => {
      const { out } = await commandLine(env).run("config", "print");
      const config = loadConfig(env, "/nonexistent");
      const people = await chooseBroker(config);
      const sessions = await findMeans(config, people.on);
      const limits = await trySessionLimits(people.on);
      const lines = out.split("\n");
      for (const line of describeFeatures(config, { people, sessions, limits })) {
        if (/^o.. {1,2}(system accounts|local sessions|session ports|session limits)/.test(line))
          expect(lines).toContain(line);
      }
      expect(out).toMatch(/^o.. {1,2}local sessions/m);
      expect(out).toMatch(/^o.. {1,2}session limits +memory/m);
      if (env.STOA_BROKER === "off") expect(out).toMatch(/^off {2}system accounts .*STOA_BROKER is off/m);
    },
  );

  it("print --all --json has every setting once", async () => {
    const { out } = await commandLine().run("config", "print", "--all", "--json");
    const names: string[] = JSON.parse(out).settings.map((setting: { name: string }) => setting.name);
    expect(names).toContain("STOA_HOST");
    expect(new Set(names).size).toBe(names.length);
  });
});
