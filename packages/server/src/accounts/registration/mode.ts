import type { IncomingHttpHeaders } from "node:http";
import type { Config } from "../../config/schema.ts";
import { isForwarded } from "../../platform/http/trusted-proxies.ts";

export type RegistrationMode = "open" | "closed" | "domains";

/**
 * Who may register, for this request. `local` opens a server that only its own machine reaches; a proxy in front
 * lets the world in, and whoever set it up may not have thought of that.
 */
export function registrationMode(
  { registration: { mode } }: Pick<Config, "registration">,
  headers: IncomingHttpHeaders,
): RegistrationMode {
  if (mode !== "local") return mode;
  return isForwarded(headers) ? "closed" : "open";
}
