import { type Findings, isGroup, type Json, join, own } from "./findings.ts";

/** What a kind of the old service is here: taken, or why not yet. */
type Kind = { readonly taken: true } | { readonly taken: false; readonly why: string };

const taken: Kind = { taken: true };
const no = (why: string): Kind => ({ taken: false, why });

/** Everything that the old service knew, by the name its file uses. */
export const kinds = {
  user_authentication_type: {
    LocalUserAuthentication: taken,
    GlobusUserAuthentication: no("this version of Stoa has no sign-in through Globus"),
    PSCAPIUserAuthentication: no("Stoa does not know the PSC's user service"),
  },
  storage_type: {
    LocalFileSystemStorage: taken,
    HubmapLocalFileSystemStorage: no("Stoa does not know HuBMAP's storage"),
  },
  resource_type: {
    LocalResource: taken,
    SlurmAPIResource: no("this version of Stoa runs nothing on Slurm"),
    SlurmAPIResourceV0038: no("this version of Stoa runs nothing on Slurm"),
  },
  job_type: {
    LocalTestJob: taken,
    JupyterLabJob: taken,
    AppyterJob: taken,
    YACJob: taken,
  },
} as const satisfies Record<string, Readonly<Record<string, Kind>>>;

export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly settings: Json;
}

/** The entries of one group whose kind we have; each other one is reported by its name. */
export function readEntries(found: Findings, available: Json, group: string, kindKey: keyof typeof kinds): Entry[] {
  return Object.entries(available).flatMap(([id, settings]) => {
    const path = join(group, id);
    if (!isGroup(settings)) {
      found.report(path, "is not a group of settings", "Write it as { … }.");
      return [];
    }
    const kind = found.text(settings, kindKey, path);
    const name = own(settings, "name");
    if (kind === null || !isTaken(found, kindKey, kind, path)) return [];
    return [{ id, name: typeof name === "string" && name.trim() !== "" ? name.trim() : id, path, settings }];
  });
}

function isTaken(found: Findings, kindKey: keyof typeof kinds, kind: string, path: string): boolean {
  const known: Readonly<Record<string, Kind>> = kinds[kindKey];
  const entry = Object.hasOwn(known, kind) ? known[kind] : undefined;
  const usable = Object.keys(known).filter((name) => known[name]?.taken === true);
  const remedy = `Remove the entry, or make it ${usable.join(" or ")}.`;
  if (entry === undefined)
    found.report(join(path, kindKey), `is ${JSON.stringify(kind.slice(0, 60))}, which nobody knows`, remedy);
  else if (!entry.taken) found.report(join(path, kindKey), `is ${kind}, and ${entry.why}`, remedy);
  return entry?.taken === true;
}
