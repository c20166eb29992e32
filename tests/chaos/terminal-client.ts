import { WebSocket } from "ws";
import type { PortalClient } from "../support/portal-client.ts";

/** One attached tab of a session's terminal. */
export interface TerminalClient {
  /** All bytes since attaching, as text: the scrollback first. */
  text(): string;
  type(text: string): void;
  /** Waits until the text matches; fails after `timeoutMs` with the last of what was seen. */
  see(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  close(): void;
}

export async function attachTerminal(client: PortalClient, jobId: number): Promise<TerminalClient> {
  const url = `${client.base.replace("http", "ws")}/api/stoa/v1/sessions/${jobId}/terminal`;
  const socket = new WebSocket(url, { headers: { Cookie: client.cookie, Origin: client.base } });
  let text = "";
  socket.on("message", (data, binary) => {
    if (binary) text += data.toString();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  socket.on("error", () => {});
  return {
    text: () => text,
    type: (keys) => socket.send(Buffer.from(keys)),
    async see(pattern, timeoutMs = 10_000) {
      const until = Date.now() + timeoutMs;
      for (;;) {
        const match = pattern.exec(text);
        if (match !== null) return match;
        if (Date.now() > until) throw new Error(`terminal ${jobId} never showed ${pattern}; last: ${text.slice(-300)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    close: () => socket.terminate(),
  };
}
