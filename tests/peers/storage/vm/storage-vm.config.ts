import { defineConfig } from "vitest/config";

/** `npm run test:peers:storage-vm`: kernel quotas, in a machine without hardware to help it. */
export default defineConfig({
  test: {
    include: ["tests/peers/storage/vm/posix-quotas.vm.ts"],
    pool: "forks",
    reporters: ["verbose"],
    testTimeout: 900_000,
    // It is built first, where it isn't there yet.
    hookTimeout: 1_800_000,
  },
});
