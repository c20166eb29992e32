import { describe } from "vitest";
import { isRoot } from "../../../platform/processes/testing-broker.ts";
import { fileWorkSuite } from "../contract-suite.ts";
import { createTestAgents } from "./testing-agents.ts";

/** Only root can work as somebody else; CI runs as root. */
describe.runIf(isRoot)("with a broker", () => {
  fileWorkSuite("by agents", async () => {
    const agents = await createTestAgents();
    return { ...agents, accountId: 1, otherId: 2 };
  });
});
