import { defineConfig } from "vitest/config";

/** Against real servers in processes of their own: one file after the other, with time to start. */
export default defineConfig({
  test: {
    globalSetup: ["tests/browser/shared-stoa.ts"],
    include: ["tests/browser/**/*.test.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What is polled for is drawn, fetched or played by a browser on a machine that does much else.
    expect: { poll: { timeout: 10_000 } },
  },
});
