import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Authenticator } from "../../platform/http/authenticator.ts";
import { clientAddress, createProxyTrust } from "../../platform/http/trusted-proxies.ts";
import type { UnreadRequest } from "../../platform/http/unread-request.ts";
import type { Platform } from "../../platform/platform.ts";
import { type CredentialIsLive, createAccessGrants } from "./access.ts";
import type { SessionTargets } from "./contract.ts";
import { createDoor } from "./door.ts";
import type { Entrance, Passage, Place } from "./entrance.ts";
import type { ForwardOptions } from "./forwarded-headers.ts";
import { runHttpExchange } from "./http-exchange.ts";
import { createOpenExchanges } from "./open-exchanges.ts";
import type { ShownAt } from "./own-addresses.ts";
import { createPassthroughMetrics } from "./passthrough-metrics.ts";
import { type Audience, bareAnswer, refuse, refuseUpgrade } from "./refusal.ts";
import { refusals } from "./refusals.ts";
import { refusedByForm } from "./request-rules.ts";
import { createSentMessages } from "./sent-messages.ts";
import type { Tickets } from "./tickets.ts";
import { createUpstreams } from "./upstreams.ts";
import { runWebSocketExchange } from "./websocket-exchange.ts";

/** What the HTTP server asks before it looks at a request itself; true: taken. */
export interface Passthrough {
  request(req: IncomingMessage, res: ServerResponse): boolean;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** The whole answer to a request whose headers were too large to be read; null: no session's. */
  tooLarge(request: UnreadRequest): string | null;
  close(): Promise<void>;
}

export interface PassthroughOptions {
  readonly platform: Platform;
  readonly targets: SessionTargets;
  readonly tickets: Tickets;
  readonly authenticator: Authenticator;
  readonly credentialIsLive: CredentialIsLive;
}

/**
 * Carries HTTP and WebSockets to sessions: at each session's own origin for browsers, below `/passthrough/` on
 * ours for programs that bring a header token.
 */
export function createPassthrough(options: PassthroughOptions): Passthrough {
  const { platform, targets } = options;
  const upstreams = createUpstreams();
  const exchanges = createOpenExchanges(platform.revocations);
  const metrics = createPassthroughMetrics(platform.metrics, () => exchanges.size);
  const grants = createAccessGrants(platform, options.credentialIsLive);
  const door = createDoor({ ...options, grants });
  const isProxy = createProxyTrust(platform.config.trustedProxies);
  const scheme = platform.addresses.portalOrigin().startsWith("https:") ? "https" : "http";

  const audience = (): Audience => ({
    portalOrigin: platform.addresses.portalOrigin(),
    defaultLocale: platform.config.defaultLocale,
  });
  const isFull = ({ jobId }: Place): boolean => exchanges.of(jobId) >= platform.config.sessions.connections;

  function shownAt({ way, jobId, prefix }: Place): ShownAt {
    const portalOrigin = platform.addresses.portalOrigin();
    const origin = way === "origin" ? platform.addresses.sessionOrigin(jobId) : null;
    return { origin: origin ?? portalOrigin, prefix, portalOrigin };
  }

  function forwardOf(req: IncomingMessage, { place, usedAuthorization }: Passage, upgrade: boolean): ForwardOptions {
    const { host, prefix } = place;
    return {
      address: clientAddress(req, isProxy),
      scheme,
      host,
      prefix,
      dropAuthorization: usedAuthorization,
      upgrade,
    };
  }

  function carryRequest(req: IncomingMessage, res: ServerResponse, passage: Passage): void {
    const { place, connect, holder } = passage;
    const finish = metrics.begin("http");
    targets.noteActivity(place.jobId, { kind: "http", method: req.method ?? "GET", path: place.path });
    hold(passage, (forget) =>
      runHttpExchange({
        req,
        res,
        pool: upstreams.pool(place.jobId, holder.accountId, connect),
        connect,
        path: place.path,
        forward: forwardOf(req, passage, false),
        shown: shownAt(place),
        refuse: (refusal) => refuse(req, res, refusal, audience()),
        onTransfer: () => targets.noteActivity(place.jobId, { kind: "transfer" }),
        onEnd(status) {
          forget();
          finish(status);
        },
      }),
    );
  }

  function carryUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer, passage: Passage): void {
    const { place, connect } = passage;
    const finish = metrics.begin("websocket");
    targets.noteActivity(place.jobId, { kind: "open" });
    hold(passage, (forget) =>
      runWebSocketExchange({
        req,
        socket,
        head,
        connect,
        path: place.path,
        forward: forwardOf(req, passage, true),
        shown: shownAt(place),
        onSent: createSentMessages((binary) => targets.noteActivity(place.jobId, { kind: "message", binary })),
        onEnd(status) {
          forget();
          finish(status);
        },
      }),
    );
  }

  /** Knows what may end it from our side, from before it begins: it may be over at once. */
  function hold({ place, target, holder }: Passage, begin: (forget: () => void) => () => void): void {
    let end = (): void => {};
    const leave = exchanges.open(place.jobId, holder, () => end());
    const part = targets.watchGuest(target, holder.accountId, () => end());
    const forget = (): void => {
      leave();
      part();
    };
    try {
      end = begin(forget);
    } catch (error) {
      forget();
      throw error;
    }
  }

  /** A revocation that came while somebody was being let in has not seen their exchange: look again. */
  async function letIn(req: IncomingMessage, place: Place, upgrade: boolean): Promise<Entrance> {
    for (let tries = 0; tries < 5; tries += 1) {
      const before = exchanges.revocationsSeen;
      const result = await door.enter(req, place, upgrade);
      if (before === exchanges.revocationsSeen || !("passage" in result)) return result;
    }
    return { refusal: refusals.accessUnknown };
  }

  return {
    request(req, res) {
      const place = door.place(req);
      if (place === null) return false;
      const form = refusedByForm(req, false);
      // The usual case is answered from memory: no promise, no extra turn of the loop.
      const known = form === null ? door.enterFromMemory(req, place) : { refusal: form };
      if (known === null) letIn(req, place, false).then(settle).catch(failed);
      else {
        try {
          settle(known);
        } catch (error) {
          failed(error);
        }
      }
      return true;

      function settle(result: Entrance): void {
        if ("refusal" in result) refuse(req, res, result.refusal, audience());
        else if ("redirect" in result) redirect(res, result.redirect, result.setCookie);
        else if (isFull(result.passage.place)) refuse(req, res, refusals.full, audience());
        else carryRequest(req, res, result.passage);
      }
      function failed(error: unknown): void {
        platform.log.error({ err: error, jobId: place?.jobId }, "passthrough: somebody could not be let in");
        refuse(req, res, refusals.accessUnknown, audience());
      }
    },
    upgrade(req, socket, head) {
      const place = door.place(req);
      if (place === null) return false;
      socket.on("error", () => socket.destroy());
      const form = refusedByForm(req, true);
      if (form !== null) {
        refuseUpgrade(socket, form);
        return true;
      }
      const settle = (result: Entrance): void => {
        if (socket.destroyed) return;
        if ("passage" in result && isFull(result.passage.place)) refuseUpgrade(socket, refusals.full);
        else if ("passage" in result) carryUpgrade(req, socket, head, result.passage);
        else refuseUpgrade(socket, "refusal" in result ? result.refusal : refusals.accessUnknown);
      };
      const failed = (error: unknown): void => {
        platform.log.error({ err: error, jobId: place.jobId }, "passthrough: somebody could not be let in");
        refuseUpgrade(socket, refusals.accessUnknown);
      };
      letIn(req, place, true).then(settle).catch(failed);
      return true;
    },
    tooLarge({ path, headers }) {
      const isOurs = platform.addresses.sessionOfHost(headers.host) !== null || path.startsWith("/passthrough/");
      return isOurs ? bareAnswer(refusals.headersTooLarge, headers, audience()) : null;
    },
    async close() {
      exchanges.close();
      await upstreams.close();
    },
  };
}

function redirect(res: ServerResponse, location: string, setCookie: string | null): void {
  res.writeHead(303, {
    Location: location,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    ...(setCookie === null ? {} : { "Set-Cookie": setCookie }),
  });
  res.end();
}
