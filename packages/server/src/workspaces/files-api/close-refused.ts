import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** Together long enough to read the refusal, for a client that reads while it sends. */
const LOOKS = 4;
const LOOK_MS = 250;

/**
 * Closes the connection of an upload that was refused before its end, instead of receiving the rest of it.
 * Not at once: a connection that closes on unread bytes takes the answer with it.
 */
export function closeRefused(app: FastifyInstance): void {
  app.addHook("onRequest", async ({ raw }, reply) => {
    // Later it may be gone from the request: a reader that stops destroys that.
    const { socket } = raw;
    if (!(socket instanceof Socket)) return;
    reply.raw.once("finish", () => {
      if (reply.statusCode < 400 || raw.complete) return;
      // A short rest may end by itself, and the connection serves on: a reader that lets go must not destroy the request.
      raw.resume();
      closeUnlessReceived(raw, socket, LOOKS);
    });
  });
}

/**
 * Several short looks and not one long one: after a pause of the whole process the bytes that came meanwhile are read
 * between two looks. A client that has sent all of them may be using the connection for its next request.
 */
function closeUnlessReceived(raw: IncomingMessage, socket: Socket, looks: number): void {
  if (raw.complete) return;
  if (looks === 0) socket.destroy();
  else setTimeout(closeUnlessReceived, LOOK_MS, raw, socket, looks - 1).unref();
}
