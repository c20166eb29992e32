import { realpath } from "node:fs/promises";
import path from "node:path";
import type { Logger } from "pino";
import type { Config } from "../../config/schema.ts";
import { StartError } from "../errors/start-error.ts";
import { type Broker, createBroker } from "./broker/broker.ts";
import type { Errand } from "./broker/errands.ts";
import type { Programs } from "./broker/ground.ts";
import type { StorageBase } from "./broker/houses.ts";
import { missingTools, openInstallation } from "./broker/installation.ts";

type ProcessConfig = Pick<Config, "processes" | "localIsolation">;

/** Whether people's work is done under their own accounts, and why. */
export interface BrokerChoice {
  readonly on: boolean;
  readonly why: string;
}

/** Decides by the settings and by what the machine has. @throws StartError when what was asked for can't be */
export async function chooseBroker(config: ProcessConfig): Promise<BrokerChoice> {
  const { broker } = config.processes;
  const reason = await whyNot(broker);
  const needed =
    broker === "on" ? "STOA_BROKER=on" : config.localIsolation === "account" ? "STOA_LOCAL_ISOLATION=account" : null;
  if (reason !== null && needed !== null) {
    throw new StartError(
      `${needed} asks for a system account for each person, and ${reason}.`,
      "Mend that, or set it to auto.",
    );
  }
  return reason === null
    ? { on: true, why: "each person's by a system account of their own" }
    : { on: false, why: reason };
}

async function whyNot(broker: Config["processes"]["broker"]): Promise<string | null> {
  if (broker === "off") return "STOA_BROKER is off";
  if (process.getuid?.() !== 0) return "the server was not started as root";
  const missing = await missingTools();
  return missing.length === 0 ? null : `this machine lacks ${missing.join(", ")}`;
}

export interface OpenBrokerOptions {
  /** It exists. */
  readonly dataDir: string;
  readonly config: ProcessConfig;
  /** Whom the server runs as. */
  readonly server: { readonly uid: number; readonly gid: number };
  /** Where the server's sources can be read by everybody, and the programs in them. */
  readonly sources: string;
  readonly programs: Omit<Programs, "node">;
  readonly node: string;
  /** What is asked for on the storage host; left out: refused. */
  readonly storage?: Errand;
  /** Left out: people's storage is not on this machine. */
  readonly storageBase?: StorageBase;
  readonly log: Logger;
}

/** Makes the broker of a data directory. As root only. */
export async function openBroker(options: OpenBrokerOptions): Promise<Broker> {
  const dataDir = await realpath(options.dataDir);
  const installation = await openInstallation(dataDir);
  const { server, sources, programs, log } = options;
  const program = (name: keyof Omit<Programs, "node">): string => path.resolve(sources, programs[name]);
  return createBroker({
    dataDir,
    range: options.config.processes.uidRange,
    server,
    formerOwners: new Set([0, installation.formerOwner, server.uid]),
    installation: installation.mark,
    programs: {
      node: options.node,
      agent: program("agent"),
      sessionHost: program("sessionHost"),
      sessionTask: program("sessionTask"),
    },
    storage: options.storage ?? null,
    storageBase: options.storageBase ?? (async () => null),
    log,
  });
}
