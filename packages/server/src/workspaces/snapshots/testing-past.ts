import path from "node:path";
import type { Config } from "../../config/schema.ts";
import { createHousingServer, type HousingServer } from "../../storage/housing/testing-housing.ts";
import { createSnapshotDouble, type SnapshotDouble } from "../../storage/snapshots/testing-snapshots.ts";
import type { TestPerson } from "../../testing/accounts-server.ts";

export interface PastAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect, and fail on what they don't
  readonly body: any;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Somebody with a workspace in storage that snapshots are taken of. */
export interface PastPerson {
  readonly person: TestPerson;
  readonly subject: { readonly kind: "user"; readonly name: string };
  /** The workspace's. */
  readonly id: number;
  /** On the disk, in the workspace. */
  live(...parts: string[]): string;
  /** On the disk, in the snapshot of that name: of the storage's directory. */
  was(name: string, ...parts: string[]): string;
  /** Takes a snapshot; its name. */
  take(at?: Date): string;
  /** Below `/api/stoa/v1/workspaces/`. */
  ask(method: "GET" | "POST" | "HEAD", url: string, body?: unknown, as?: TestPerson): Promise<PastAnswer>;
  list(as?: TestPerson): Promise<PastAnswer>;
  browse(name: string, query?: string, as?: TestPerson): Promise<PastAnswer>;
  content(name: string, file: string, headers?: Readonly<Record<string, string>>): Promise<PastAnswer>;
  restore(name: string, paths: readonly string[], conflicts?: string, as?: TestPerson): Promise<PastAnswer>;
}

export interface Past {
  readonly ground: HousingServer;
  readonly double: SnapshotDouble;
  /** A new person each time: what is known of snapshots is kept for each. */
  begin(username?: string): Promise<PastPerson>;
  close(): Promise<void>;
}

/** The whole way from the route to the disk, but for ZFS: that is a double, as strict as it. */
export async function createPast(storage: Partial<Config["storage"]> = {}): Promise<Past> {
  const double = createSnapshotDouble();
  const ground = await createHousingServer(storage, double.wrap);
  let people = 0;
  let hours = 0;
  return {
    ground,
    double,
    async begin(username = `ada${++people}`) {
      const person = await ground.server.person(username);
      const id = await ground.makeWorkspace(person);
      const own = (...parts: string[]) => path.join(ground.base, username, ...parts);
      const subject = { kind: "user", name: username } as const;
      const call = async (method: "GET" | "POST" | "HEAD", url: string, options: object) =>
        (await ground.server.call(method, `/api/stoa/v1/workspaces/${url}`, options)) as PastAnswer;
      const at = (name: string) => `${id}/snapshots/${encodeURIComponent(name)}`;
      return {
        person,
        subject,
        id,
        live: (...parts) => own("workspaces", String(id), ...parts),
        was: (name, ...parts) => own(".zfs", "snapshot", name, ...parts),
        take(moment) {
          hours += 1;
          const [day, hour] = [Math.floor(hours / 24) + 1, hours % 24].map((part) => String(part).padStart(2, "0"));
          const name = `stoa-hourly-202611${day}T${hour}`;
          double.take(name, subject, moment);
          return name;
        },
        ask: (method, url, body, as = person) => call(method, url, { as, body }),
        list: (as = person) => call("GET", `${id}/snapshots`, { as }),
        browse: (name, query = "", as = person) => call("GET", `${at(name)}/files${query}`, { as }),
        content: (name, file, headers = {}) =>
          call("GET", `${at(name)}/content?path=${encodeURIComponent(file)}`, { as: person, headers }),
        restore: (name, paths, conflicts = "keep_both", as = person) =>
          call("POST", `${at(name)}/restore`, { as, body: { paths, on_conflict: conflicts } }),
      };
    },
    close: () => ground.close(),
  };
}
