import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";
import type { Broker } from "../broker/broker.ts";
import { TOOLS } from "../tools.ts";
import { BrokerRefusal } from "../verbs.ts";
import { BEHIND_BROKER, type Beginning, type ToBroker, type ToServer } from "./messages.ts";

export interface ServerChildOptions {
  readonly account: { readonly uid: number; readonly gid: number };
  /** Node, its options, the main file and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Below 1024 only root may listen, or who was given that one right. */
  readonly port: number;
  readonly beginning: Beginning;
  readonly broker: Broker;
  readonly adoptKey: () => Promise<void>;
}

export interface ServerChild {
  readonly pid: number;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Asks it to drain. */
  terminate(): void;
  /** The database had to be stopped. */
  tellLost(error: { readonly message: string; readonly remedy: string; readonly passing: boolean }): void;
}

const LISTEN_RIGHT = "net_bind_service";

/** Starts the server under its own account and does what it asks for. */
export function startServerChild(options: ServerChildOptions): ServerChild {
  const { account, broker, beginning } = options;
  const rights = options.port > 0 && options.port < 1024 ? `-all,+${LISTEN_RIGHT}` : "-all";
  const child = spawn(
    TOOLS.setpriv,
    [
      ...["--reuid", String(account.uid), "--regid", String(account.gid), "--clear-groups", "--no-new-privs"],
      ...[`--inh-caps=${rights}`, `--ambient-caps=${rights}`, `--bounding-set=${rights}`],
      ...["--", ...options.command],
    ],
    {
      env: { ...options.env, HOME: "/nonexistent", [BEHIND_BROKER]: "1" },
      // A session of its own: whoever shares root's terminal may type into it.
      detached: true,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    },
  );
  const tell = (message: ToServer): void => {
    if (child.connected) child.send(message, () => undefined);
  };

  async function perform(id: number, verb: unknown, socket: Socket | undefined): Promise<void> {
    try {
      const value = await broker.perform(verb, socket, (process, end) => tell({ kind: "ended", process, end }));
      tell({ kind: "answer", id, value });
    } catch (error) {
      const code = error instanceof BrokerRefusal ? error.code : "failed";
      tell({ kind: "refusal", id, code, message: (error as Error).message });
    }
  }

  child.on("message", (message: Partial<ToBroker> & { id?: unknown; verb?: unknown }, handle) => {
    // Whatever comes is from a process that strangers talk to: it is taken apart, never trusted.
    const socket = handle instanceof Socket ? handle : undefined;
    if (handle && socket === undefined) (handle as { close?: () => void }).close?.();
    // It may break at any time, with nobody at it yet.
    socket?.on("error", () => undefined);
    if (message?.kind === "hello") tell({ kind: "begin", beginning });
    else if (message?.kind === "adopt_key") void options.adoptKey().catch(() => undefined);
    else if (message?.kind === "ask" && Number.isSafeInteger(message.id)) {
      return void perform(message.id as number, message.verb, socket);
    }
    socket?.destroy();
  });
  return {
    pid: child.pid ?? 0,
    ended: endOf(child),
    terminate: () => void child.kill("SIGTERM"),
    tellLost: ({ message, remedy, passing }) => tell({ kind: "lost", message, remedy, passing }),
  };
}

function endOf(child: ChildProcess): ServerChild["ended"] {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", () => resolve({ code: 1, signal: null }));
  });
}
