import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config/schema.ts";
import type { HealthChecks } from "../platform/http/dependency-health.ts";

/** Whether workspaces have a place to be in, by the storages' ids: those of the service that was replaced, or ours. */
export function storageHealth({ uws, dataDir }: Pick<Config, "uws" | "dataDir">): HealthChecks {
  const here = async () => {
    const folder = join(dataDir, "workspaces");
    try {
      // Made with the first workspace; until then its place counts.
      const disk = await statfs(folder).catch(() => statfs(dataDir));
      return disk.bavail > 0 ? null : `The disk that holds ${folder} is full.`;
    } catch (error) {
      return `The folder ${folder} can't be reached (${(error as NodeJS.ErrnoException).code}).`;
    }
  };
  return Object.fromEntries((uws?.storages ?? [{ id: "local" }]).map(({ id }) => [id, here]));
}
