import type { IncomingMessage } from "node:http";
import type { Authenticator } from "../../platform/http/authenticator.ts";
import { createHostCheck } from "../../platform/http/host-check.ts";
import { createProxyTrust } from "../../platform/http/trusted-proxies.ts";
import type { Platform } from "../../platform/platform.ts";
import type { AccessGrants } from "./access.ts";
import type { SessionTargets } from "./contract.ts";
import { createOriginDoor } from "./enter-by-origin.ts";
import { createPathDoor } from "./enter-by-path.ts";
import type { Entrance, Place } from "./entrance.ts";
import { pathOfTarget } from "./request-rules.ts";
import type { Tickets } from "./tickets.ts";

export interface Door {
  /** Null: not a session's address. */
  place(req: IncomingMessage): Place | null;
  enter(req: IncomingMessage, place: Place, upgrade: boolean): Promise<Entrance>;
  /** Without waiting, where all that is needed is in memory; else null. Not for upgrades. */
  enterFromMemory(req: IncomingMessage, place: Place): Entrance | null;
}

interface DoorOptions {
  readonly platform: Platform;
  readonly targets: SessionTargets;
  readonly tickets: Tickets;
  readonly authenticator: Authenticator;
  readonly grants: AccessGrants;
}

/** `/passthrough/<hostname>/<job id>/<rest>`; the host name is the old clients' and means nothing here. */
const PASSTHROUGH = /^(\/passthrough\/[^/?]*\/([1-9]\d{0,14}))(?:(\/[^?]*))?(\?.*)?$/;

/** Every way to a session: told apart by address alone, then each asks for its own proof. */
export function createDoor(options: DoorOptions): Door {
  const { addresses, config } = options.platform;
  const byOrigin = createOriginDoor({ ...options, addresses, nodeId: config.nodeId });
  const byPath = createPathDoor(options);
  const isOurs = createHostCheck(config);
  const isProxy = createProxyTrust(config.trustedProxies);

  /** The name that was asked for: a trusted proxy may have put its own into Host. */
  function askedHost({ headers, socket }: IncomingMessage): string | undefined {
    const forwarded = headers["x-forwarded-host"];
    if (forwarded === undefined || !isProxy(socket.remoteAddress)) return headers.host;
    return [forwarded].flat().at(-1)?.split(",").at(-1)?.trim();
  }

  return {
    place(req) {
      const url = req.url ?? "/";
      const host = askedHost(req);
      const jobId = addresses.sessionOfHost(host);
      if (jobId !== null)
        return { way: "origin", jobId, path: pathOfTarget(url, req.headers.host) ?? url, host: host ?? "", prefix: "" };
      if (!url.startsWith("/passthrough/")) return null;
      const parts = PASSTHROUGH.exec(url);
      // A name that was rebound to us gets the portal's own refusal.
      if (parts === null || !isOurs(host, req.socket.localAddress)) return null;
      const [, prefix = "", id, path = "/", query = ""] = parts;
      return { way: "path", jobId: Number(id), path: path + query, host: host ?? "", prefix };
    },
    enter: (req, place, upgrade) => (place.way === "origin" ? byOrigin : byPath).enter(req, place, upgrade),
    enterFromMemory: (req, place) => (place.way === "origin" ? byOrigin.enterFromMemory(req, place) : null),
  };
}
