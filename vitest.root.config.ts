import { defineConfig } from "vitest/config";
import everything, { needsRoot } from "./vitest.config.ts";

/** What only root can try: system accounts, control groups, the broker, disks that fill up. `npm run test:root`. */
export default defineConfig({
  test: { ...everything.test, include: [...needsRoot], exclude: ["**/node_modules/**"] },
});
