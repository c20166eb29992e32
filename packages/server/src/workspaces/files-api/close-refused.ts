import { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** Long enough to read the refusal, for a client that reads while it sends. */
const LINGER_MS = 1_000;

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
      // A short rest may end by itself, and the connection serves on.
      raw.resume();
      setTimeout(() => raw.complete || socket.destroy(), LINGER_MS).unref();
    });
  });
}
