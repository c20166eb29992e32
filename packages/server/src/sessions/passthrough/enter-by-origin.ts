import type { IncomingMessage } from "node:http";
import type { Addresses } from "../../platform/http/addresses.ts";
import type { Access, AccessGrants } from "./access.ts";
import type { SessionTargets } from "./contract.ts";
import { type Entrance, type Place, pass } from "./entrance.ts";
import { cookieCounts } from "./origin-checks.ts";
import { refusals } from "./refusals.ts";
import { OPEN_PATH, type Tickets } from "./tickets.ts";

interface OriginDoorOptions {
  readonly addresses: Addresses;
  readonly nodeId: string;
  readonly targets: SessionTargets;
  readonly tickets: Tickets;
  readonly grants: AccessGrants;
}

/** A browser at a session's own origin: by a ticket the first time, then by the cookie that it brought. */
export interface OriginDoor {
  enter(req: IncomingMessage, place: Place, upgrade: boolean): Promise<Entrance>;
  /** Without waiting, where all that is needed is in memory; else null. Not for upgrades. */
  enterFromMemory(req: IncomingMessage, place: Place): Entrance | null;
}

export function createOriginDoor({ addresses, nodeId, targets, tickets, grants }: OriginDoorOptions): OriginDoor {
  const isTicket = (req: IncomingMessage, place: Place): boolean =>
    req.method === "GET" && place.path.startsWith(`${OPEN_PATH}?`);

  const comesFromItself = (req: IncomingMessage, place: Place, upgrade: boolean): boolean =>
    cookieCounts(req, addresses.sessionOrigin(place.jobId) ?? "", upgrade);

  async function redeem(req: IncomingMessage, place: Place): Promise<Entrance> {
    const query = new URL(place.path, "http://session").searchParams;
    const to = localPath(query.get("to"));
    const ticket = tickets.read(place.jobId, query.get("ticket") ?? "");
    const setCookie = ticket === null ? null : await grants.redeem(ticket);
    if (setCookie !== null) return { redirect: to, setCookie };
    // Opened again from the history: whoever is in already goes on.
    const known = await grants.find(place.jobId, req.headers.cookie);
    return known === null ? { refusal: refusals.ticketOver } : { redirect: to, setCookie: null };
  }

  return {
    async enter(req, place, upgrade) {
      if (!upgrade && isTicket(req, place)) return await redeem(req, place);
      const access: Access | null = await grants.find(place.jobId, req.headers.cookie);
      if (access === null) return { refusal: refusals.signIn };
      if (!comesFromItself(req, place, upgrade)) return { refusal: refusals.otherOrigin };
      return pass(await targets.find(place.jobId), access, place, nodeId);
    },
    enterFromMemory(req, place) {
      const access = isTicket(req, place) ? null : grants.recall(place.jobId, req.headers.cookie);
      if (access === null) return null;
      if (!comesFromItself(req, place, false)) return { refusal: refusals.otherOrigin };
      const target = targets.find(place.jobId);
      return target instanceof Promise ? null : pass(target, access, place, nodeId);
    },
  };
}

/** Only a path of the same origin: `//host` and `/\host` would lead elsewhere. */
function localPath(to: string | null): string {
  if (to === null || !/^\/(?![/\\])/.test(to) || /[\r\n]/.test(to) || to.startsWith("/.stoa/")) return "/";
  return to;
}
