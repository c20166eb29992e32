/** A session's program that is a bare pipe to a port of loopback: a test answers in its place, byte for byte. */
import { connect, createServer } from "node:net";

const port = Number(process.argv[2]);
createServer({ allowHalfOpen: true }, (socket) => {
  const other = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  for (const [one, next] of [
    [socket, other],
    [other, socket],
  ] as const) {
    one.setNoDelay(true);
    one.pipe(next);
    one.on("error", () => next.destroy());
    one.on("close", () => next.destroySoon());
  }
}).listen(process.env.STOA_SESSION_SOCKET);
