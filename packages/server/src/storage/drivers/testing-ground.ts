import type { NamedPlace, Owner, StorageHost } from "../hosts/contract.ts";
import type { Capabilities, Outcome, StorageDriver, Subject, Wanted } from "./contract.ts";

/** What a program that a test ran came to. */
export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A base with nothing in it, a driver on it, and the means to look behind the driver's back. */
export interface Ground extends AsyncDisposable {
  /** Probed. */
  readonly driver: StorageDriver;
  /** Another driver on the same base, as after a restart, probed; `wrap` puts something before its host. */
  open(wrap?: (host: StorageHost) => StorageHost): Promise<StorageDriver>;
  /** Runs a program where the directories are: as the driver's commands are run, or as that person. */
  run(program: string, args: readonly string[], as?: { readonly uid: number }): Promise<Said>;
  /** Absolute, on that machine. */
  pathOf(place: NamedPlace): string;
  /** Whose this one's directory is to be; of uids that nobody else has where `enforcedBy` is `user`. */
  ownerOf(subject: Subject): Owner;
  /** Makes a directory or dataset as others would have before us, writable for its owner. */
  plant(subject: Subject): Promise<void>;
}

export interface Expected {
  readonly capabilities: Capabilities;
  /** Subjects are folders: links and files can stand in their place, and be told from them. */
  readonly folders: boolean;
  /** Whom commands run as: false where the owner can't be given, and modes are all that is looked at. */
  readonly asRoot: boolean;
  /** How many ask for one name at the same time; left out: 50. */
  readonly crowd?: number;
  /** Bytes of a quota that is good for tests, and what is surely too much for it. */
  readonly quota?: { readonly bytes: number; readonly tooMuch: number };
}

/** Where it is, as `Expected` tells. */
export interface Trial {
  readonly expected: Expected;
  ground(): Ground;
  /** One that nobody has used. */
  subject(name?: string, kind?: Subject["kind"]): Subject;
  wanted(subject: Subject, more?: Partial<Wanted>): Wanted;
  /** Made, and well. */
  made(name?: string, more?: Partial<Wanted>, kind?: Subject["kind"]): Promise<Wanted>;
  /** Writes zeros into a new file of the subject's; what `dd` came to. */
  write(subject: Subject, file: string, bytes: number, as?: { readonly uid: number }): Promise<Said>;
  /** What a program says. @throws where it fails */
  must(program: string, args: readonly string[]): Promise<string>;
  pathOf(subject: Subject, file?: string): string;
  /** A name for something in the trash. */
  entryOf(subject: Subject): string;
}

let lastProject = 100_000 + (process.pid % 1000) * 1000;

/** What the suites are written in. */
export function createTrial(expected: Expected, ground: () => Ground): Trial {
  const block = 64 * 1024;

  const trial: Trial = {
    expected,
    ground,
    subject(name, kind = "user") {
      lastProject += 1;
      return { kind, name: name ?? `s${lastProject}`, project: lastProject };
    },
    wanted(subject, more = {}) {
      return { ...subject, owner: ground().ownerOf(subject), quota: 0, adopted: false, ...more };
    },
    async made(name, more = {}, kind = "user") {
      const wanted = trial.wanted(trial.subject(name, kind), more);
      const [outcome] = await ground().driver.settle([wanted]);
      if (outcome?.code !== "done") throw new Error(`${wanted.name}: ${JSON.stringify(outcome)}`);
      return wanted;
    },
    write(subject, file, bytes, as) {
      const args = [`if=/dev/zero`, `of=${trial.pathOf(subject, file)}`, `bs=${block}`, "conv=fsync", "status=none"];
      return ground().run("dd", [...args, `count=${Math.ceil(bytes / block)}`], as);
    },
    async must(program, args) {
      const { code, out, err } = await ground().run(program, args);
      if (code !== 0) throw new Error(`${program} ${args.join(" ")}: ${code} ${err}`);
      return out;
    },
    pathOf: (subject, file) => `${ground().pathOf(subject)}${file === undefined ? "" : `/${file}`}`,
    entryOf: ({ name, project }) => `${name.replace(/[^A-Za-z0-9_-]/g, "_")}-${project}`,
  };
  return trial;
}

/** What an outcome says, without its words for operators. */
export function codeOf(outcome: Outcome | undefined): string {
  return outcome?.code ?? "nothing";
}
