import { basename } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** However small the files are: minutes each, where others take half of one. The longest first. */
const LONG = ["every-page", "snapshots", "hub-launch", "hub-servers", "zoom", "sessions"];

/** The longest begin first, so that none of them runs alone at the end; else vitest's own order. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONG.indexOf(basename(moduleId, ".test.ts"));
      return found === -1 ? LONG.length : found;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

/** Against real servers in processes of their own, with time to start. */
export default defineConfig({
  test: {
    globalSetup: ["tests/browser/shared-stoa.ts"],
    include: ["tests/browser/**/*.test.ts"],
    pool: "forks",
    // A browser and its server wait for each other: one of two processors has nothing to do with one file at a time.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What is polled for is drawn, fetched or played by a browser on a machine that does much else.
    expect: { poll: { timeout: 10_000 } },
  },
});
