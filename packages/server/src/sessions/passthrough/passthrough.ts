import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Authenticator } from "../../platform/http/authenticator.ts";
import { clientAddress, createProxyTrust } from "../../platform/http/trusted-proxies.ts";
import type { Platform } from "../../platform/platform.ts";
import { type CredentialIsLive, createAccessGrants } from "./access.ts";
import type { SessionTargets } from "./contract.ts";
import { createDoor } from "./door.ts";
import type { Entrance, Passage, Place } from "./entrance.ts";
import { runHttpExchange } from "./http-exchange.ts";
import { createOpenExchanges } from "./open-exchanges.ts";
import { createPassthroughMetrics } from "./passthrough-metrics.ts";
import { type Refusal, refuse, refuseUpgrade } from "./refusal.ts";
import { createSentMessages } from "./sent-messages.ts";
import type { Tickets } from "./tickets.ts";
import { createUpstreams } from "./upstreams.ts";
import { runWebSocketExchange } from "./websocket-exchange.ts";

/** What the HTTP server asks before it looks at a request itself; true: taken. */
export interface Passthrough {
  request(req: IncomingMessage, res: ServerResponse): boolean;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  close(): Promise<void>;
}

export interface PassthroughOptions {
  readonly platform: Platform;
  readonly targets: SessionTargets;
  readonly tickets: Tickets;
  readonly authenticator: Authenticator;
  readonly credentialIsLive: CredentialIsLive;
}

const FAILED: Refusal = {
  status: 503,
  title: "Stoa can't check your access just now.",
  remedy: "Nothing is lost and the session goes on. Try again in a moment.",
};

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

  function carryRequest(req: IncomingMessage, res: ServerResponse, passage: Passage): void {
    const finish = metrics.begin("http");
    targets.noteActivity(passage.target.jobId, { kind: "http", method: req.method ?? "GET", path: passage.path });
    let forget = (): void => {};
    const end = runHttpExchange({
      req,
      res,
      pool: upstreams.pool(passage.target.jobId, passage.connect),
      path: passage.path,
      forward: forwardOf(req, passage, false),
      onEnd(status) {
        forget();
        finish(status);
      },
    });
    forget = exchanges.open(passage.holder, end);
    if (res.closed) forget();
  }

  function carryUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer, passage: Passage): void {
    const finish = metrics.begin("websocket");
    targets.noteActivity(passage.target.jobId, { kind: "open" });
    let forget = (): void => {};
    const end = runWebSocketExchange({
      req,
      socket,
      head,
      connect: passage.connect,
      path: passage.path,
      forward: forwardOf(req, passage, true),
      onSent: createSentMessages((binary) => targets.noteActivity(passage.target.jobId, { kind: "message", binary })),
      onEnd(status) {
        forget();
        finish(status);
      },
    });
    forget = exchanges.open(passage.holder, end);
    if (socket.destroyed) forget();
  }

  const forwardOf = (req: IncomingMessage, passage: Passage, upgrade: boolean) => ({
    address: clientAddress(req, isProxy),
    scheme: scheme as "http" | "https",
    dropAuthorization: passage.usedAuthorization,
    upgrade,
  });

  /** A revocation that came while somebody was being let in has not seen their exchange: look again. */
  async function letIn(req: IncomingMessage, place: Place, upgrade: boolean): Promise<Entrance> {
    for (let tries = 0; tries < 5; tries += 1) {
      const before = exchanges.revocationsSeen;
      const result = await door.enter(req, place, upgrade);
      if (before === exchanges.revocationsSeen || !("passage" in result)) return result;
    }
    return { refusal: FAILED };
  }

  return {
    request(req, res) {
      const place = door.place(req);
      if (place === null) return false;
      // The usual case is answered from memory: no promise, no extra turn of the loop.
      const known = door.enterFromMemory(req, place);
      if (known !== null) settle(known);
      else letIn(req, place, false).then(settle, failed);
      return true;

      function settle(result: Entrance): void {
        if ("refusal" in result) refuse(req, res, result.refusal);
        else if ("redirect" in result) redirect(res, result.redirect, result.setCookie);
        else carryRequest(req, res, result.passage);
      }
      function failed(error: unknown): void {
        platform.log.error({ err: error, jobId: place?.jobId }, "passthrough: access could not be checked");
        refuse(req, res, FAILED);
      }
    },
    upgrade(req, socket, head) {
      const place = door.place(req);
      if (place === null) return false;
      socket.on("error", () => socket.destroy());
      letIn(req, place, true).then(
        (result) => {
          if (socket.destroyed) return;
          if ("passage" in result) carryUpgrade(req, socket, head, result.passage);
          else refuseUpgrade(socket, "refusal" in result ? result.refusal : FAILED);
        },
        (error: unknown) => {
          platform.log.error({ err: error, jobId: place.jobId }, "passthrough: access could not be checked");
          refuseUpgrade(socket, FAILED);
        },
      );
      return true;
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
