import { access, constants } from "node:fs/promises";
import type { Config } from "../config/schema.ts";
import type { HealthChecks } from "../platform/http/dependency-health.ts";

/** Whether sessions can run, by the resources' ids: those of the service that was replaced, or our own. */
export function resourceHealth({ uws }: Pick<Config, "uws">, runDirectory: string): HealthChecks {
  const here = async () => {
    try {
      await access(runDirectory, constants.R_OK | constants.W_OK | constants.X_OK);
      return null;
    } catch (error) {
      return `Sessions' folder ${runDirectory} can't be used (${(error as NodeJS.ErrnoException).code}).`;
    }
  };
  return Object.fromEntries((uws?.resources ?? [{ id: "local" }]).map(({ id }) => [id, here]));
}
