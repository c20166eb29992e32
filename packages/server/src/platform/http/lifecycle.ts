import type { ServerResponse } from "node:http";

/** What is open, and whether we are stopping. One per server. */
export interface Lifecycle {
  draining: boolean;
  /** Answers under way. */
  readonly answers: Set<ServerResponse>;
  /** Called once when the drain begins: end what would go on for ever (streams, sockets). @returns stops it */
  onDrain(end: () => void): () => void;
  /** Begins: no new requests, endless ones end. */
  begin(): void;
}

declare module "fastify" {
  interface FastifyInstance {
    /** A stream that never ends by itself registers here, and ends when the server is told to stop. */
    lifecycle: Lifecycle;
  }
}

export function createLifecycle(): Lifecycle {
  const endless = new Set<() => void>();
  return {
    draining: false,
    answers: new Set(),
    onDrain(end) {
      endless.add(end);
      return () => endless.delete(end);
    },
    begin() {
      this.draining = true;
      for (const end of endless) end();
      for (const answer of this.answers) {
        if (isEventStream(answer)) answer.end();
        else if (!answer.headersSent) answer.shouldKeepAlive = false;
      }
    },
  };
}

function isEventStream(answer: ServerResponse): boolean {
  return answer.headersSent && String(answer.getHeader("content-type") ?? "").startsWith("text/event-stream");
}
