import { defineConfig } from "vitest/config";

/** `npm run test:peers:long`: real peers where a run takes minutes, and says no more than the short one of the same. */
export default defineConfig({
  test: {
    include: ["tests/peers/**/*.long.ts"],
    // For those that put a whole server of ours together in their own process.
    globalSetup: ["packages/server/src/testing/test-server.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
