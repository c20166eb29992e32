import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.{ts,tsx}", "tests/**/*.test.ts"],
    // These have commands of their own: test:browser, test:peers. Of test:chaos only its judge is tried here.
    exclude: ["**/node_modules/**", "tests/browser/**", "tests/peers/**"],
    // One PostgreSQL for the whole run; each test file takes databases of its own from it.
    globalSetup: ["packages/server/src/testing/test-server.ts"],
    pool: "forks",
    // Half of what they do is to wait: for servers that start, disks that sync, leases that run out.
    maxWorkers: 4,
    // A worker keeps its modules from file to file: to load the server again for each costs a fifth of the run.
    isolate: false,
    // A busy machine takes its time. None of these is waited for where all is well.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
