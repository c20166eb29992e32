/** The peer for WebSockets: two sockets tied together, nothing looked at. Arguments: own port, target port. */
import { connect, createServer } from "node:net";

const [own, target] = process.argv.slice(2).map(Number);
createServer((socket) => {
  const upstream = connect(target as number, "127.0.0.1");
  for (const end of [socket, upstream]) {
    end.setNoDelay(true);
    end.on("error", () => {
      socket.destroy();
      upstream.destroy();
    });
  }
  socket.pipe(upstream).pipe(socket);
}).listen(own, "127.0.0.1", () => process.stdout.write("listening\n"));
