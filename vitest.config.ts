import { relative } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files in which nothing is tried by anybody but root; they have a command of their own, `npm run test:root`. */
export const needsRoot: readonly string[] = [
  "tests/processes/{as-each-person,broker-process,closed-folders,move-in,workspaces-on-storage}.test.ts",
  "tests/bad-input/full-disk.test.ts",
  "packages/cli/src/import-uws/import-as-root.test.ts",
  "packages/server/src/platform/processes/processes.test.ts",
  "packages/server/src/platform/processes/{broker/broker,broker/houses,control-groups/{control-groups,idle-group}}.test.ts",
  "packages/server/src/sessions/resources/local/{as-owner,enclosed-owner,forged-end,share}.test.ts",
  "packages/server/src/workspaces/file-work/agent/agent-{file-work,race,suite}.test.ts",
  "packages/server/src/workspaces/rescue/mounted.test.ts",
  "packages/server/src/workspaces/transfers/full-disk.test.ts",
];

/** They start whole servers, kill them or wait for time to pass: the longest, however small the files are. */
const LONG = [
  /^tests\/processes\//,
  /^packages\/server\/src\/platform\/processes\/broker\//,
  /^tests\/(?!structure|launcher)/,
  /^packages\/server\/src\/sessions\/(restart|server-killed|resources\/|time\/|host\/)/,
  /^packages\/(cli|server\/src\/platform\/(database|operations))\/.*(kill|crash|embedded|namespace|restore|backup)|import-uws\.test/,
  /race|unpack/,
];

/** They wait nearly all of their time: for the rounds in which a hub is looked at, for sessions to be idle. */
const WAITING = /^tests\/hub\/|^packages\/server\/src\/sessions\/time\/idle-stop/;

/**
 * The longest begin first, so that none of them runs alone at the end; else vitest's own order. One that waits and one
 * that works by turns: with all that wait at once the processors have nothing to do, and too much afterwards.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const pathOf = ({ moduleId }: TestSpecification): string => relative(this.ctx.config.root, moduleId);
    const place = (file: TestSpecification): number => {
      const found = LONG.findIndex((one) => one.test(pathOf(file)));
      return found === -1 ? LONG.length : found;
    };
    const sorted = (await super.sort(files)).sort((a, b) => place(a) - place(b));
    const waiting = sorted.filter((file) => WAITING.test(pathOf(file)));
    const working = sorted.filter((file) => !WAITING.test(pathOf(file)));
    return working
      .flatMap((file, index) => [file, ...waiting.slice(index, index + 1)])
      .concat(waiting.slice(working.length));
  }
}

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.{ts,tsx}", "tests/**/*.test.ts"],
    // These have commands of their own: test:browser, test:peers, test:root. Of test:chaos only its judge is tried here.
    exclude: ["**/node_modules/**", "tests/browser/**", "tests/peers/**", ...needsRoot],
    // One PostgreSQL for the whole run; each test file takes databases of its own from it.
    globalSetup: ["packages/server/src/testing/test-server.ts", "packages/server/src/testing/own-home.ts"],
    setupFiles: ["packages/server/src/testing/patience.ts"],
    pool: "forks",
    // Half of what they do is to wait: for servers that start, disks that sync, leases that run out.
    maxWorkers: 6,
    // Mebibytes. A small worker begins its commands sooner: fork copies the page tables, some 40 µs a MiB here.
    execArgv: ["--max-semi-space-size=16"],
    // A worker keeps its modules from file to file: to load the server again for each costs a fifth of the run.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // A busy machine takes its time. None of these is waited for where all is well.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
