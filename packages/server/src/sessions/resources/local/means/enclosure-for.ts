import { homedir } from "node:os";
import type { Enclosure } from "../../../host/job-file.ts";
import type { LaunchRequest } from "../../contract.ts";
import type { LocalMeans } from "./local-means.ts";

/** What enclosed sessions see, besides what their request says. Absolute paths. */
export interface EnclosedPlaces {
  readonly writable: readonly string[];
  readonly hidden: readonly string[];
  readonly readable: readonly string[];
}

/** People's own and the machine's administrator's; what of them a session needs is shown to it by name. */
const HOMES = ["/home", "/root"];

/** The enclosure of a program; undefined: it has none. */
export function enclosureFor(
  means: LocalMeans,
  places: EnclosedPlaces,
  request: Pick<LaunchRequest, "listens" | "writable" | "memoryBytes">,
): Enclosure | undefined {
  const byPort = request.listens === "port";
  if (means.bubblewrap === null || means.encloses === null || (means.encloses === "ports" && !byPort)) return undefined;
  return {
    bubblewrap: means.bubblewrap,
    writable: [...request.writable, ...places.writable],
    hidden: [...new Set([...HOMES, homedir(), ...places.hidden])],
    readable: places.readable,
    ...(means.bounds ? { temporaryBytes: request.memoryBytes } : {}),
    network: byPort ? means.network.ports : means.network.sockets,
  };
}
