import { setTimeout as sleep } from "node:timers/promises";
import { dial, type Peer, type Upstream } from "./peer.ts";

/** A proxy that listens on loopback, and what its clients have to say besides. */
export interface CaseProxy {
  readonly name: string;
  readonly port: number;
  readonly host: string;
  /** Header lines that let a client in. */
  readonly admission: readonly string[];
}

/** One thing that a proxy has to do right. */
export interface Case {
  readonly id: string;
  /** What is done, and what has to come of it. */
  readonly right: string;
  /** Where that is written. */
  readonly by: string;
  /** @throws Wrong, with what happened instead */
  run(trial: Trial): Promise<void>;
}

export class Wrong extends Error {}

export function demand(truth: boolean, otherwise: string): asserts truth {
  if (!truth) throw new Wrong(otherwise);
}

export const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

/** What cases are made of: a client, a proxy and a program, all in bytes. */
export interface Trial {
  readonly upstream: Upstream;
  readonly proxy: CaseProxy;
  open(): Promise<Peer>;
  /** A request's head, with what the proxy needs to let it in. */
  head(line: string, ...headers: string[]): string;
  /** Sends a request; resolves when it is at the program, with what arrived there. Wrong: it was refused. */
  arrive(request: string, done?: (received: string) => boolean): Promise<Arrival>;
  /** The whole answer to a client, for what the program answers to a plain GET. */
  answerFor(fromProgram: string, line?: string): Promise<string>;
  /** A request that has to be refused, or else harmless: the status of the refusal, or what reached the program. */
  judge(request: string): Promise<{ status: number; answer: string; arrived: string }>;
}

export interface Arrival {
  readonly client: Peer;
  readonly program: Peer;
  readonly received: string;
}

export const isWhole = (text: string): boolean => text.includes("\r\n\r\n");
export const statusOf = (answer: string): number => Number(/^HTTP\/1\.\d (\d{3})/.exec(answer)?.[1] ?? 0);
export const bodyOf = (message: string): string => message.slice(message.indexOf("\r\n\r\n") + 4);
export const headOf = (message: string): string => message.slice(0, message.indexOf("\r\n\r\n") + 2);
/** A header's value in a message; null when absent. Several are joined by `, `. */
export function header(message: string, name: string): string | null {
  const values = headOf(message)
    .split("\r\n")
    .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    .map((line) => line.slice(name.length + 1).trim());
  return values.length === 0 ? null : values.join(", ");
}

/** @param opened gets each client's connection, to be closed when the trial is over */
export function createTrial(proxy: CaseProxy, upstream: Upstream, opened: Peer[] = []): Trial {
  const trial: Trial = {
    upstream,
    proxy,
    async open() {
      const peer = await dial(proxy.port);
      opened.push(peer);
      return peer;
    },
    head: (line, ...headers) => `${[line, `Host: ${proxy.host}`, ...proxy.admission, ...headers].join("\r\n")}\r\n\r\n`,
    async arrive(request, done = isWhole) {
      const client = (await trial.open()).send(request);
      const program = await upstream.next();
      if (program === null) throw new Wrong(`did not arrive (${statusOf(client.received) || "no answer"})`);
      return { client, program, received: await program.until(done) };
    },
    async answerFor(fromProgram, line = "GET /case HTTP/1.1") {
      const { client, program } = await trial.arrive(trial.head(line, "Connection: close"));
      program.end(fromProgram);
      return client.until(() => client.ended);
    },
    async judge(request) {
      const client = (await trial.open()).send(request);
      const program = upstream.next();
      const first = await Promise.race([
        client.until((text) => statusOf(text) > 0 && isWhole(text)).then(() => null),
        program,
      ]);
      if (first !== null) {
        await first.until(() => false, 150);
        first.end(OK);
        await client.until(isWhole, 500);
      }
      const arrived = (first ?? (await Promise.race([program, Promise.resolve(null)])))?.received ?? "";
      return { status: statusOf(client.received), answer: client.received, arrived };
    },
  };
  return trial;
}

export async function runCase(one: Case, proxy: CaseProxy, upstream: Upstream): Promise<string | null> {
  const peers: Peer[] = [];
  try {
    await one.run(createTrial(proxy, upstream, peers));
    return null;
  } catch (error) {
    if (error instanceof Wrong) return error.message;
    throw error;
  } finally {
    for (const { socket } of peers) socket.destroy();
    // The proxy hears of the client's end first: else it may ask again what it believes to have failed.
    await sleep(15);
    await upstream.clear();
  }
}
