import { describe } from "vitest";
import { describeMoveIn } from "../support/move-in-scene.ts";

const isRoot = process.getuid?.() === 0;

/** Only root has a broker; CI runs as root. */
describe.runIf(isRoot)(
  "workspaces that are moved into their person's storage, by the person",
  { timeout: 90_000 },
  () => {
    describeMoveIn(
      { STORAGE_OWNERSHIP: "account", STORAGE_GID: "65432", STOA_LOCAL_ISOLATION: "auto" },
      { withBroker: true },
    );
  },
);
