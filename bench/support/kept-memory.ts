import { setTimeout as sleep } from "node:timers/promises";
import { residentBytes } from "./process-cpu.ts";

/** Where a Node process listens for a debugger after SIGUSR1, unless it was told otherwise. */
const DEBUGGER = "http://127.0.0.1:9229/json";
const SETTLE_MS = 1_000;

/**
 * Resident memory of a Node process after a full collection, in bytes: what it keeps. Without one it is what the heap
 * grew to while it started, of which most is garbage. Once for each process: the debugger stays open.
 */
export async function keptBytes(pid: number): Promise<number> {
  process.kill(pid, "SIGUSR1");
  await sleep(SETTLE_MS);
  const [target] = (await (await fetch(DEBUGGER)).json()) as { readonly webSocketDebuggerUrl: string }[];
  if (target === undefined) throw new Error(`process ${pid} has no debugger`);
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  try {
    await once(socket, "open");
    for (const [id, method] of ["HeapProfiler.enable", "HeapProfiler.collectGarbage"].entries()) {
      const answered = once(socket, "message");
      socket.send(JSON.stringify({ id, method }));
      const said = String((await answered).data);
      if (!said.startsWith(`{"id":${id},"result"`)) throw new Error(`${method} answered ${said}`);
    }
    await sleep(SETTLE_MS);
    return residentBytes(pid);
  } finally {
    socket.close();
  }
}

function once(socket: WebSocket, type: "open" | "message"): Promise<{ readonly data?: unknown }> {
  return new Promise((resolve, reject) => {
    socket.addEventListener(type, (event) => resolve("data" in event ? { data: event.data } : {}), { once: true });
    socket.addEventListener("error", () => reject(new Error("the debugger hung up")), { once: true });
  });
}
