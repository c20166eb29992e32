import { chmod, mkdir } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { isRoot } from "../../../platform/processes/testing-broker.ts";
import { raceSwaps } from "../testing-swap-race.ts";
import { createTestAgents, type TestAgents } from "./testing-agents.ts";

const SWAPS = 10_000;

async function makeWorkspace({ files }: TestAgents, account: number, id: number): Promise<void> {
  const list = [{ what: "secret.txt", parts: ["door", "secret.txt"], size: 3 }];
  const { name } = await files.run(account, "stageWorkspace", { files: list }, { input: [Buffer.from("own")] });
  await files.run(account, "nameWorkspace", { staged: name, workspace: id });
}

/** Only root can work as somebody else; CI runs as root, and must have this one. */
describe.runIf(isRoot)("a hostile program beside the agent", () => {
  it(`has nothing outside read or written in ${SWAPS} swaps`, { timeout: 240_000 }, async () => {
    const agents = await createTestAgents();
    try {
      const { broker, files } = agents;
      await makeWorkspace(agents, 1, 10);
      await makeWorkspace(agents, 2, 20);
      // Root's, readable for everybody: only the rules of the walk keep them from here, and from keys the system does.
      const vault = path.join(broker.dataDir, "vault");
      await mkdir(vault);
      await chmod(vault, 0o755);
      const theirs = path.join(agents.workspacePath(2, 20), "door", "theirs");
      await mkdir(theirs);
      const { uid } = agents.started.find(({ accountId }) => accountId === 1) ?? { uid: 0 };
      expect(uid).toBeGreaterThanOrEqual(broker.range.first);
      const race = await raceSwaps({
        files,
        accountId: 1,
        workspace: 10,
        path: agents.workspacePath(1, 10),
        swaps: SWAPS,
        alsoOutside: [vault, theirs],
        as: { uid, gid: uid },
      });
      expect(race.breaches).toEqual([]);
      expect(race.swaps).toBeGreaterThanOrEqual(SWAPS);
      // One agent has stood it all.
      expect(agents.started.filter(({ accountId }) => accountId === 1)).toHaveLength(1);
    } finally {
      await agents.close();
    }
  });
});
