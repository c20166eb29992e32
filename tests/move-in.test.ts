import { describe } from "vitest";
import { describeMoveIn } from "./support/move-in-scene.ts";

describe("workspaces that are moved into their person's storage", { timeout: 90_000 }, () => {
  describeMoveIn({ STOA_BROKER: "off" }, { withBroker: false });
});
