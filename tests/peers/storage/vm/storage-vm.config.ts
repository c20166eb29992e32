import { defineConfig } from "vitest/config";

/** `npm run test:peers:storage-vm`: kernel quotas and walks that give way, in machines without hardware to help them. */
export default defineConfig({
  test: {
    include: ["tests/peers/storage/vm/{posix-quotas,idle-group}.vm.ts"],
    pool: "forks",
    reporters: ["verbose"],
    testTimeout: 900_000,
    // It is built first, where it isn't there yet.
    hookTimeout: 1_800_000,
  },
});
