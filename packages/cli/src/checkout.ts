import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where this program lies. */
export const CHECKOUT = join(import.meta.dirname, "../../..");

/**
 * Where `.env` and relative paths are looked up: here, when there is an `.env`; else in the checkout, where
 * `npm start` runs. So `npx stoa` sees the same configuration from any folder of it.
 */
export function configurationDirectory(cwd: string): string {
  return existsSync(join(cwd, ".env")) ? cwd : CHECKOUT;
}
