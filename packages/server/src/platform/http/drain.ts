import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";

const lookEveryMs = 25;

/**
 * Lets the server run dry: nothing new is accepted (503 with `Connection: close` on kept connections),
 * WebSockets close with 1001, event streams end, requests under way may finish.
 * @param seconds after which what still runs is cut off
 */
export async function drain(app: FastifyInstance, seconds: number): Promise<void> {
  const { lifecycle, server } = app;
  const end = Date.now() + seconds * 1000;
  if (server.listening) server.close();
  lifecycle.begin();
  server.closeIdleConnections();
  while (lifecycle.answers.size > 0 && Date.now() < end) await delay(lookEveryMs);
  server.closeAllConnections();
}
