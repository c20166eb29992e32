import { defineConfig } from "vitest/config";

/** `npm run test:peers:storage-openzfs`: a machine without hardware to help it takes its time. */
export default defineConfig({
  test: {
    include: ["tests/peers/storage/vm/openzfs.vm.ts", "tests/peers/storage/vm/look-back.vm.ts"],
    // They begin from one image, which the first of them builds.
    fileParallelism: false,
    pool: "forks",
    testTimeout: 900_000,
    // Its modules are built first, where they aren't there yet.
    hookTimeout: 3_600_000,
  },
});
