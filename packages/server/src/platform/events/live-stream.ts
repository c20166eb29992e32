import type { Revocations } from "../http/revocations.ts";
import type { Principal } from "../principal.ts";
import type { Events, StoredEvent } from "./contract.ts";
import { maySee } from "./visibility.ts";

/** Why a stream ends before its reader wants it; sent as the last message. */
export type StreamEnd = "reset" | "slow" | "revoked" | "expired" | "stopping";

/** What carries one reader's events: SSE or a WebSocket. */
export interface Sink {
  event(event: StoredEvent, json: string): void;
  /** Nothing happened; the cursor up to which the reader has everything. */
  alive(cursor: string): void;
  /** The last word, then it closes. */
  end(reason: StreamEnd): void;
  /** Bytes that wait for the reader. */
  readonly unsent: number;
}

export interface LiveStreams {
  /**
   * Streams to the sink from `after`, or from now on.
   * @returns ends the stream without a word (the reader has gone)
   */
  open(
    reader: { principal: Principal; after: string | null; types: ReadonlySet<string> | null },
    makeSink: (after: string) => Sink,
  ): Promise<() => void>;
  /** How many one account has open. */
  countOf(principal: Principal): number;
  endAll(): void;
}

export const HEARTBEAT_MS = 15_000;
/** A reader with so many bytes unread is closed, and resumes from its cursor when it can. */
export const MOST_UNSENT_BYTES = 1024 * 1024;

interface Stream {
  readonly principal: Principal;
  sink: Sink | null;
  cursor: string;
  close(): void;
  end(reason: StreamEnd): void;
}

export function createLiveStreams(
  events: Events,
  revocations: Revocations,
  options: { heartbeatMs?: number; mostUnsentBytes?: number } = {},
): LiveStreams {
  const { heartbeatMs = HEARTBEAT_MS, mostUnsentBytes = MOST_UNSENT_BYTES } = options;
  const streams = new Set<Stream>();
  let timer: NodeJS.Timeout | undefined;

  const beat = () => {
    for (const stream of streams) stream.sink?.alive(stream.cursor);
  };

  return {
    async open({ principal, after, types }, makeSink) {
      let early: StreamEnd | null = null;
      let unsubscribe = () => {};
      const stream: Stream = {
        principal,
        sink: null,
        cursor: "",
        close() {
          if (!streams.delete(stream)) return;
          unsubscribe();
          unwatch();
          if (streams.size > 0) return;
          clearInterval(timer);
          timer = undefined;
        },
        end(reason) {
          if (!streams.has(stream)) return;
          if (stream.sink) {
            stream.close();
            stream.sink.end(reason);
          } else early ??= reason;
        },
      };
      streams.add(stream);
      timer ??= setInterval(beat, heartbeatMs).unref();
      // Before anything is waited for: a revocation in between must end it.
      const unwatch = revocations.watch(principal, (reason) => stream.end(reason));
      try {
        stream.cursor = after ?? (await events.head());
      } catch (error) {
        stream.close();
        throw error;
      }
      const sink = makeSink(stream.cursor);
      stream.sink = sink;
      unsubscribe = events.subscribe({ after: stream.cursor, onGone: () => stream.end("reset") }, (event) => {
        stream.cursor = event.cursor;
        if (types && !types.has(event.type)) return;
        if (!maySee(principal, event)) return;
        if (sink.unsent > mostUnsentBytes) stream.end("slow");
        else sink.event(event, jsonOf(event));
      });
      if (early) stream.end(early);
      return stream.close;
    },
    countOf(principal) {
      const same = (stream: Stream) =>
        stream.principal.accountId === principal.accountId && stream.principal.label === principal.label;
      return [...streams].filter(same).length;
    },
    endAll() {
      for (const stream of [...streams]) stream.end("stopping");
    },
  };
}

const texts = new WeakMap<StoredEvent, string>();

/** Without the audience: who else may see it is nobody's business. Written once for a thousand readers. */
function jsonOf(event: StoredEvent): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const { cursor, type, subject, data, at } = event;
  const text = JSON.stringify({ cursor, type, subject, data, at });
  texts.set(event, text);
  return text;
}
