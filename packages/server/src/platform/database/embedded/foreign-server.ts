import { connect } from "node:net";
import { StartError } from "../../errors/start-error.ts";
import { type ClusterLayout, socketIn } from "./layout.ts";

/**
 * A server that we can't see among our processes may still work on this cluster: one in another container on the
 * same volume. The socket's file reaches it wherever it runs on this machine. Ask only when no process of ours has it.
 * @throws StartError when anybody listens there.
 */
export async function refuseForeignServer(layout: ClusterLayout): Promise<void> {
  if (layout.socketDirectory === null || !(await listens(socketIn(layout.socketDirectory)))) return;
  throw new StartError(
    `A PostgreSQL that is not this server's to adopt still works in ${layout.data}: most likely in another container on the same volume.`,
    "Stop that container, or whatever runs there, and start again. Nothing was changed.",
    { passing: true },
  );
}

function listens(socketPath: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve(false);
      // Its queue is full: somebody is there.
      else if (error.code === "EAGAIN") resolve(true);
      else reject(error);
    });
  });
}
