import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type PlainOptions, plainSources } from "../../../platform/processes/plain-sources.ts";

export interface HostPrograms {
  readonly host: string;
  readonly task: string;
}

/**
 * The session host's programs, absolute: without types where that can be had, as one runs for each session.
 * @param folder `sessions/host` of the sources that are to be run
 */
export async function plainHost(
  options: Pick<PlainOptions, "dataDir" | "log">,
  folder = fileURLToPath(new URL("../../host", import.meta.url)),
): Promise<HostPrograms> {
  const plain = await plainSources({ ...options, folder, packages: ["ws", "@lydell/node-pty"] });
  return plain === null
    ? { host: join(folder, "main.ts"), task: join(folder, "task.ts") }
    : { host: join(plain, "main.mjs"), task: join(plain, "task.mjs") };
}
