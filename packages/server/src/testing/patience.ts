import { vi } from "vitest";

/** Milliseconds; as `expect.poll` has in vitest.config.ts. */
const PATIENCE_MS = 20_000;

const { waitFor } = vi;

/** Left alone it gives up after a second, and nothing in the configuration says otherwise. */
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === "number" ? options : { timeout: PATIENCE_MS, ...options });
