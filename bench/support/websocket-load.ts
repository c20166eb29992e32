/**
 * A process that drives WebSockets: `echo` sends 1 KiB messages one after another on each connection for some
 * seconds and prints how many came back; `idle` opens connections, says so, and holds them until stdin ends.
 */
import { WebSocket } from "ws";

interface Job {
  mode: "echo" | "idle";
  url: string;
  headers: Record<string, string>;
  connections: number;
  seconds: number;
}

const job = JSON.parse(process.argv[2] ?? "{}") as Job;
const message = Buffer.alloc(1024, 7);
let echoed = 0;

const open = (): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(job.url, { headers: job.headers, perMessageDeflate: false });
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });

const sockets: WebSocket[] = [];
// In batches: a listen queue is 511 long.
for (let left = job.connections; left > 0; left -= 100) {
  sockets.push(...(await Promise.all(Array.from({ length: Math.min(left, 100) }, open))));
}
if (job.mode === "idle") {
  process.stdout.write(`${JSON.stringify({ open: sockets.length })}\n`);
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.once("end", resolve));
} else {
  for (const socket of sockets) {
    socket.on("message", () => {
      echoed += 1;
      socket.send(message);
    });
    socket.send(message);
  }
  await new Promise((resolve) => setTimeout(resolve, job.seconds * 1000));
  process.stdout.write(`${JSON.stringify({ echoed, perSecond: echoed / job.seconds })}\n`);
}
for (const socket of sockets) socket.terminate();
process.exit(0);
