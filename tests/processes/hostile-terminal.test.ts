import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { discard } from "../support/stoa-process.ts";
import { attempts } from "./hostile-attempts.ts";
import { control, hasPorts, isRoot, outcome, type Scene, setScene, tried } from "./hostile-scene.ts";

/** Without root there is no account but one's own; what then keeps people apart needs bubblewrap. */
const modes = isRoot
  ? [
      { isolation: "account", says: "by accounts alone" },
      { isolation: "auto", says: "by all that this machine has" },
    ]
  : hasPorts
    ? [{ isolation: "sandbox", says: "by enclosures alone" }]
    : [];

describe.skipIf(modes.length === 0)("a hostile terminal (needs root or bubblewrap)", () => {
  const scenes = new Map<string, Scene>();
  const sceneOf = (isolation: string): Scene => scenes.get(isolation) as Scene;

  // All at once: most of it is waiting.
  beforeAll(async () => {
    const set = modes.map(async ({ isolation }) => {
      const scene = await setScene(isolation);
      scenes.set(isolation, scene);
      await scene.done;
    });
    const results = await Promise.allSettled(set);
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }, 120_000);
  afterAll(async () => {
    const discarded = [...scenes.values()].map(async ({ terminal, stoa }) => {
      terminal.close();
      await discard(stoa);
    });
    await Promise.all(discarded);
  }, 60_000);

  describe.each(modes)("kept apart $says", { timeout: 60_000 }, ({ isolation }) => {
    it.each(tried)("can't $name", async (attempt) => {
      const { status, words } = outcome(sceneOf(isolation), attempt);
      // Tried, and refused by the system: neither a mistake of the script's, nor a program that is not there or hangs.
      expect([0, 99, 124, 127], words).not.toContain(status);
      expect(words).not.toMatch(/syntax error|: not found$|Can't locate/m);
      expect(control(sceneOf(isolation), attempt), `ann: ${status} ${words}`).toMatch(/^works/);
    });

    it("can't have another's processes ended by lies about its own session", async () => {
      const { terminal, stoa, annJob, ann, bobShell } = sceneOf(isolation);
      const run = join(stoa.dataDir, "run/sessions", String(annJob));
      for (const name of ["child.json", "host.json"]) {
        terminal.type(`sed -i 's/"pid": *[0-9]*/"pid":${bobShell}/' '${run}/${name}'; echo lied-${name}-$?.\n`);
        await terminal.see(new RegExp(`lied-${name}-\\d+\\.`));
      }
      expect((await ann.client.call("PUT", `/jobs/${annJob}/stop/`)).status).toBe(200);
      await expect
        .poll(async () => (await ann.client.call("GET", `/jobs/${annJob}/`)).json.data.jobs[0].status, {
          timeout: 30_000,
        })
        .toMatch(/complete|failed/);
      expect(existsSync(`/proc/${bobShell}/status`)).toBe(true);
    });

    it("is asked for a password at the database's door that nobody guesses, whoever gets that far", () => {
      const guess = attempts.find(({ name }) => name === "guess-the-databases-password");
      if (guess === undefined) throw new Error("no such attempt");
      // By somebody who reaches the socket, but has not read the keys.
      expect(control(sceneOf(isolation), guess, { KEYS: "/nonexistent" })).toContain("asked for a password each time");
    });
  });
});
