import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import { backEndProblem } from "../back-end-problems.ts";
import type { MayOwn, Site } from "./command.ts";
import { type CommandHostOptions, createCommandHost } from "./command-host.ts";
import { HostUnreachable, type StorageHost } from "./contract.ts";
import { REMOTE_SHELL, readEnd, remoteScript } from "./remote-script.ts";
import { runCommand } from "./run-command.ts";
import { connect, type SshConnection } from "./ssh-connection.ts";
import { checkKeyFile, knownHostOf, sshTargetOf } from "./ssh-options.ts";

/** Commands at a time. sshd allows 10 sessions on a connection: these, a walk, a removal, and the one that keeps it. */
const WIDTH = 6;

export interface SshRunnerOptions {
  /** `user@host[:port]`. */
  readonly target: string;
  /** Of a private key without a passphrase. */
  readonly keyFile: string;
  /** As `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** Where a directory for the connection's socket may be made. */
  readonly stateDir: string;
  /** Milliseconds that a connection may take to be made. */
  readonly readyMs?: number;
  readonly log: Logger;
}

export interface SshHostOptions extends SshRunnerOptions {
  readonly backend: Site["backend"];
  readonly base: string;
  readonly mayOwn?: MayOwn;
}

/** A storage host elsewhere. @throws StartError where its settings can't be used */
export function createSshHost({ backend, base, mayOwn, ...options }: SshHostOptions): StorageHost {
  const owners = mayOwn === undefined ? {} : { mayOwn };
  return createCommandHost({ backend, base, ...owners, width: WIDTH, ...createSshRunner(options) });
}

/**
 * Runs commands over one connection of OpenSSH's own client, made when the first comes and again after it was lost.
 * A command whose end did not come through is `HostUnreachable`: it may have been done.
 */
export function createSshRunner(options: SshRunnerOptions): Required<Pick<CommandHostOptions, "run" | "close">> {
  const { target: name, keyFile, stateDir, readyMs, log } = options;
  const place = {
    ...{ target: sshTargetOf(name), name, keyFile, knownHost: knownHostOf(options.hostKey), stateDir },
    ...(readyMs === undefined ? {} : { readyMs }),
  };
  checkKeyFile(keyFile);
  let connection: Promise<SshConnection> | null = null;

  /** Who waits for the same attempt shares what comes of it. */
  async function connected(): Promise<SshConnection> {
    const current = connection;
    const made = await current;
    if (made && !made.isLost()) return made;
    if (connection === current) connection = null;
    void made?.close();
    connection ??= reconnect();
    return connection;
  }

  async function reconnect(): Promise<SshConnection> {
    try {
      const made = await connect(place);
      log.info({ target: name }, "storage: connected to the storage host");
      return made;
    } catch (error) {
      connection = null;
      throw error;
    }
  }

  return {
    async run(command, { time, signal }) {
      signal?.throwIfAborted();
      const current = await unlessAborted(connected(), signal);
      const mark = `stoa-end-${randomBytes(8).toString("hex")}`;
      const shell = { program: "ssh", args: [...current.args, REMOTE_SHELL], input: remoteScript(command, mark) };
      const { stopped, ...answer } = await runCommand(shell, { time, signal, keepInputOpen: true });
      if (stopped) return answer;
      const end = readEnd(answer.out, mark);
      log.debug({ program: command.program, code: end?.code }, "storage: ran a command over SSH");
      if (end !== null) return { ...answer, ...end };
      const why = lastLineOf(answer.err);
      const isRefused = !answer.out.includes(mark) && !current.isLost();
      throw new HostUnreachable(
        "down",
        isRefused
          ? backEndProblem("host_sessions", { host: name, said: why })
          : backEndProblem("host_lost", { host: name, said: why, program: command.program }),
      );
    },
    async close() {
      const open = await connection?.catch(() => null);
      connection = null;
      await open?.close();
    },
  };
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  return Promise.race([work, aborted.promise]).finally(() => signal.removeEventListener("abort", onAbort));
}

function lastLineOf(said: string): string {
  return said.trim().split("\n").at(-1) || "its connection ended";
}
