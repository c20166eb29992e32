import type { Config } from "../../../../config/schema.ts";
import { StartError } from "../../../../platform/errors/start-error.ts";
import type { Enclosure } from "../../../host/job-file.ts";
import type { Found, Machine } from "./machine.ts";

/** By what sessions on this machine are kept apart. */
export interface LocalMeans {
  readonly isolation: "account" | "sandbox" | "account-and-sandbox" | "none";
  /** Everybody may start sessions: each person's are kept from the others', and from the server. */
  readonly keptApart: boolean;
  /** What encloses a program: all of them, only those that must listen on a port, or (null) none. */
  readonly encloses: "all" | "ports" | null;
  /** Why programs that listen on a port can't be kept from others; null: they can. */
  readonly noPorts: string | null;
  readonly bubblewrap: string | null;
  /** Its temporary folders, which are in memory, may hold no more than the session's memory. */
  readonly bounds: boolean;
  /** For all that are enclosed, and for those with a port. */
  readonly network: { readonly sockets: Enclosure["network"]; readonly ports: Enclosure["network"] };
  /** For people, in the start's report: how, and why not better. */
  readonly told: { readonly isolation: string; readonly network: string };
}

export interface Circumstances {
  /** Sessions run as their owners' own system accounts. */
  readonly accounts: boolean;
  readonly isRoot: boolean;
  readonly machine: Machine;
}

type MeansConfig = Pick<Config, "localIsolation"> & { readonly sessions: Pick<Config["sessions"], "network"> };

/** No means at all: sessions run as the server does. */
export const noMeans: LocalMeans = {
  isolation: "none",
  keptApart: false,
  encloses: null,
  noPorts: "nothing on this machine encloses them",
  bubblewrap: null,
  bounds: false,
  network: { sockets: "shared", ports: "closed" },
  told: { isolation: "nothing keeps them apart", network: "the machine's own" },
};

/** System accounts alone. */
export const accountMeans: LocalMeans = {
  ...noMeans,
  isolation: "account",
  keptApart: true,
  told: { ...noMeans.told, isolation: "by system accounts" },
};

/**
 * Decides by the settings and by what the machine has. Where people have system accounts, an enclosure besides shows
 * them less of the machine, and of each other nothing: both together are what `auto` takes.
 * @throws StartError when what was asked for is not to be had
 */
export function chooseMeans(config: MeansConfig, circumstances: Circumstances): LocalMeans {
  const { accounts, machine } = circumstances;
  const wanted = config.localIsolation;
  const sandbox = usableSandbox(circumstances);
  if (wanted === "sandbox" && "why" in sandbox) {
    throw new StartError(
      `STOA_LOCAL_ISOLATION=sandbox asks for each session in an enclosure of bubblewrap, and ${sandbox.why}.`,
      "Mend that (docs/isolation.md), or set it to auto.",
    );
  }
  const enclosesAll = "ok" in sandbox && (wanted === "auto" || wanted === "sandbox");
  const bubblewrap = "ok" in machine.bubblewrap ? machine.bubblewrap.ok : null;
  const isolation = enclosesAll ? (accounts ? "account-and-sandbox" : "sandbox") : accounts ? "account" : "none";
  return {
    isolation,
    keptApart: accounts || enclosesAll,
    encloses: bubblewrap === null ? null : enclosesAll ? "all" : "ports",
    noPorts: "why" in machine.bubblewrap ? machine.bubblewrap.why : null,
    bubblewrap,
    bounds: machine.bounds,
    network: networks(config, machine),
    told: { isolation: toldOf(isolation, wanted, sandbox), network: networkTold(config, machine, enclosesAll) },
  };
}

/**
 * As root without accounts there is none: whoever is root's number in an enclosure reads what only root reads.
 */
function usableSandbox({ accounts, isRoot, machine }: Circumstances): Found<string> {
  if (isRoot && !accounts) {
    return { why: "the server runs as root without STOA_BROKER: in an enclosure too its files would be open" };
  }
  return machine.bubblewrap;
}

function networks({ sessions }: MeansConfig, { wayOut }: Machine): LocalMeans["network"] {
  const own = "ok" in wayOut ? wayOut.ok : "closed";
  if (sessions.network === "shared") return { sockets: "shared", ports: own };
  if (sessions.network === "own") return { sockets: own, ports: own };
  return { sockets: own === "closed" ? "shared" : own, ports: own };
}

function toldOf(isolation: LocalMeans["isolation"], wanted: Config["localIsolation"], sandbox: Found<string>): string {
  const without = "why" in sandbox ? sandbox.why : `STOA_LOCAL_ISOLATION=${wanted}`;
  switch (isolation) {
    case "account-and-sandbox":
      return "by system accounts, each in an enclosure of its own besides";
    case "sandbox":
      return "each in an enclosure of its own (bubblewrap)";
    case "account":
      return `by system accounts; without enclosures: ${without}`;
    case "none":
      return `nothing keeps them apart: ${without}`;
  }
}

function networkTold({ sessions }: MeansConfig, { bubblewrap, wayOut }: Machine, enclosesAll: boolean): string {
  if ("why" in bubblewrap)
    return `the machine's own; programs that must listen on a port are refused: ${bubblewrap.why}`;
  const ports = "programs that must listen on a port do so in a network of their own";
  if ("ok" in wayOut) {
    const all = enclosesAll && sessions.network !== "shared";
    return all ? `each a network of its own, led out by ${wayOut.ok.by}` : `${ports}, led out by ${wayOut.ok.by}`;
  }
  const closed = enclosesAll && sessions.network === "own" ? "each a network of its own" : ports;
  return `${closed}, which leads nowhere: ${wayOut.why} (docs/isolation.md tells what to do)`;
}
