import { defineConfig } from "vitest/config";

/** `npm run test:peers:long`: real peers where a run takes minutes, and says no more than the short one of the same. */
export default defineConfig({
  test: {
    include: ["tests/peers/**/*.long.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
