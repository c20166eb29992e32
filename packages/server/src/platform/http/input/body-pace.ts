import { Socket } from "node:net";
import type { FastifyRequest } from "fastify";

const idleMs = 30_000;
const wholeMs = 60_000;

/** What is read as a whole, and so has a limit as a whole: not uploads, of which a form with files is one. */
const wholeTypes = /^(application\/(.+\+)?json|application\/x-www-form-urlencoded)$/;

/**
 * A body must go on arriving: a client that sends headers and then nothing would hold a connection and
 * a handler for ever. JSON and plain forms have a time limit as a whole, since a byte now and then is "going on" too.
 */
export function watchBodyPace(request: FastifyRequest): void {
  const { raw } = request;
  const { headers } = raw;
  if (headers["content-length"] === "0" || (headers["content-length"] ?? headers["transfer-encoding"]) === undefined)
    return;
  const { socket } = raw;
  if (!(socket instanceof Socket)) return; // injected by a test
  const cut = (): void => {
    socket.destroy();
  };
  socket.setTimeout(idleMs, cut);
  const whole = wholeTypes.test(mediaType(headers["content-type"])) ? setTimeout(cut, wholeMs) : undefined;
  const done = (): void => {
    raw.off("end", done).off("close", done);
    clearTimeout(whole);
    socket.setTimeout(0);
    socket.removeListener("timeout", cut);
  };
  // Once: later, the socket's timer is Node's own, for the pause between two requests.
  raw.on("end", done).on("close", done);
}

function mediaType(contentType = ""): string {
  return (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
}
