import type { Socket } from "node:net";
import { StartError } from "../../errors/start-error.ts";
import { type BrokerLink, createEndings } from "../link.ts";
import { type Answers, BrokerRefusal, type VerbName } from "../verbs.ts";
import { BEHIND_BROKER, type Beginning, type ToBroker, type ToServer } from "./messages.ts";

/** The server's end of its channel to the broker. */
export interface BrokerChannel {
  readonly beginning: Beginning;
  readonly link: BrokerLink;
  /** Resolves when the broker says that the database had to be stopped. */
  readonly lost: Promise<StartError>;
  /** Calls back when the broker is no more. */
  onGone(callback: () => void): void;
  /** Has the prepared secret key take the old one's place. */
  adoptKey(): void;
  /** Nothing more is asked; without it the process would not end by itself. */
  close(): void;
}

/** True in a process that a broker has started as its server. */
export function isBehindBroker(env: Readonly<Record<string, string | undefined>>): boolean {
  return env[BEHIND_BROKER] !== undefined && process.send !== undefined;
}

/** Says hello, and waits for what the broker gives. */
export async function openBrokerChannel(): Promise<BrokerChannel> {
  const begun = Promise.withResolvers<Beginning>();
  const lost = Promise.withResolvers<StartError>();
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const endings = createEndings();
  let lastId = 0;

  process.on("message", (message: ToServer) => {
    if (message.kind === "begin") begun.resolve(message.beginning);
    else if (message.kind === "ended") endings.tell(message.process, message.end);
    else if (message.kind === "lost") {
      lost.resolve(new StartError(message.message, message.remedy, { passing: message.passing }));
    } else {
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.kind === "answer") asked?.resolve(message.value);
      else asked?.reject(new BrokerRefusal(message.code, message.message));
    }
  });
  process.on("disconnect", () => {
    begun.reject(gone());
    for (const asked of waiting.values()) asked.reject(gone());
    waiting.clear();
  });
  tell({ kind: "hello" });

  return {
    beginning: await begun.promise,
    lost: lost.promise,
    onGone: (callback) => void process.on("disconnect", callback),
    adoptKey: () => tell({ kind: "adopt_key" }),
    close: () => {
      if (process.connected) process.disconnect();
    },
    link: {
      ask<N extends VerbName>(verb: Parameters<BrokerLink["ask"]>[0] & { verb: N }, socket?: Socket) {
        lastId += 1;
        const asked = Promise.withResolvers<unknown>();
        if (!process.connected) asked.reject(gone());
        waiting.set(lastId, asked);
        tell({ kind: "ask", id: lastId, verb }, socket);
        return asked.promise as Promise<Answers[N]>;
      },
      ended: endings.of,
    },
  };
}

function gone(): BrokerRefusal {
  return new BrokerRefusal("failed", "the broker is no more");
}

/** A broker that is gone is noticed by the channel's end, not here. */
function tell(message: ToBroker, socket?: Socket): void {
  if (!process.connected) {
    socket?.destroy();
    return;
  }
  process.send?.(message, socket, { keepOpen: false }, () => undefined);
}
