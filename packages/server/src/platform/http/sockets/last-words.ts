import type { Duplex } from "node:stream";

/** For a client to take what was said and leave, ms. */
const LINGER_MS = 2_000;

/**
 * Says the last thing on a connection that no HTTP server looks after any more, and closes it. What still comes is
 * read and dropped: unread, it would hide the client's own end, and the descriptor would be lost for good.
 */
export function sayLast(socket: Duplex, text: string): void {
  socket.on("error", () => socket.destroy());
  socket.end(text);
  closeSoon(socket);
}

/** For a connection whose last words are on their way: whoever does not leave then is cut off. */
export function closeSoon(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
  socket.resume();
}
