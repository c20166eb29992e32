import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type {
  Answer,
  SharingPerson,
  SharingServer,
} from "../../packages/server/src/workspaces/sharing/testing-sharing.ts";

export type Letter = "A" | "B" | "C";

/** A workspace, as far as it is known what may be found in it. */
export interface Space {
  readonly id: number;
  readonly owner: Letter;
  /** Its name, its description, and those of its files that are not hidden. */
  readonly names: Set<string>;
  /** What stands in which file. */
  readonly files: Map<string, string>;
  /** What may stand in some file, no longer known in which. */
  readonly loose: Set<string>;
}

export interface Offer {
  readonly id: number;
  readonly from: Letter;
  readonly to: Letter;
  readonly copy: Space;
  /** Its files' contents, theirs once they accept. */
  accepted: boolean;
}

export class Leak extends Error {}

const SECRET = /zz([ABC])\d+zz/g;

/**
 * What each of three people has, and may know of the others. Every text that somebody writes is a secret of its own, by
 * which it is known again wherever it turns up.
 */
export class World {
  readonly people: Readonly<Record<Letter, SharingPerson>>;
  readonly spaces = new Map<number, Space>();
  readonly offers = new Map<number, Offer>();
  readonly trash = new Set<number>();
  readonly tokens = new Set<string>();
  readonly operations = new Set<string>();
  readonly #server: SharingServer;
  readonly #known: Readonly<Record<Letter, Set<string>>> = { A: new Set(), B: new Set(), C: new Set() };
  readonly #prints = new Map<Letter, string>();
  #count = 0;

  constructor(server: SharingServer, people: Readonly<Record<Letter, SharingPerson>>) {
    this.#server = server;
    this.people = people;
  }

  secret(of: Letter): string {
    this.#count += 1;
    return `zz${of}${this.#count}zz`;
  }

  /** From now on these are no secrets to that person. */
  grant(to: Letter, secrets: Iterable<string>): void {
    for (const text of secrets) for (const [secret] of text.matchAll(SECRET)) this.#known[to].add(secret);
  }

  /** @throws Leak when the answer shows what its reader was never given, or is a defect of ours */
  judge(reader: Letter, what: string, { status, body }: Answer): void {
    if (status >= 500) throw new Leak(`${what}: ${status} ${JSON.stringify(body)}`);
    const text = typeof body === "string" ? body : JSON.stringify(body);
    for (const [secret, owner] of text.matchAll(SECRET)) {
      if (owner === reader || this.#known[reader].has(secret)) continue;
      throw new Leak(`${what} showed ${reader} the secret ${secret} of ${owner}: ${text.slice(0, 500)}`);
    }
  }

  /** @throws Leak when anything of anybody's changed but the actor's */
  async unchangedBut(actor: Letter, what: string): Promise<void> {
    for (const letter of ["A", "B", "C"] as const) {
      const before = this.#prints.get(letter);
      const now = await this.#print(letter);
      this.#prints.set(letter, now);
      if (letter !== actor && before !== undefined && before !== now) {
        throw new Leak(`${what}, by ${actor}, changed what is ${letter}'s:\n${before}\n${now}`);
      }
    }
  }

  async settled(): Promise<void> {
    await this.#server.settled();
  }

  /** Everything that is a person's own: workspaces with their files, the trash, tokens, the account. */
  async #print(letter: Letter): Promise<string> {
    const { id } = this.people[letter];
    const spaces = await this.#server.sql<{ id: number }>(
      `select id, name, description, status, default_job_type, request_details, share_pending, deleted_at from workspaces
       where owner_id = $1 and not share_pending order by id`,
      [id],
    );
    const live = spaces.map((row) => path.dirname(this.people[letter].onDisk(row.id, "x")));
    const files = await Promise.all(live.map(hashOfTree));
    const trash = await this.#server.sql(
      "select id, workspace_id, path, state from trash_entries where owner_id = $1 order by id",
      [id],
    );
    const tokens = await this.#server.sql(
      "select key_id, label, scopes, revoked_at, expiry_at from personal_tokens where account_id = $1 order by key_id",
      [id],
    );
    const account = await this.#server.sql(
      "select username, email, full_name, status, is_admin, password_hash, locale from accounts where id = $1",
      [id],
    );
    return JSON.stringify({ spaces, files, trash, tokens, account });
  }
}

/** Names and contents of all below; of a folder that isn't there, nothing. */
async function hashOfTree(folder: string): Promise<string> {
  const hash = createHash("sha256");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = entries.map((entry) => [path.join(entry.parentPath, entry.name), entry.isFile()] as const).sort();
  for (const [name, isFile] of names) {
    hash.update(`${path.relative(folder, name)}\n`);
    if (isFile) hash.update(await readFile(name));
  }
  return hash.digest("hex").slice(0, 16);
}

/** What a copy of a workspace has: no dot files. */
export function copyOf(space: Space, id: number, owner: Letter): Space {
  const shown = [...space.files].filter(([file]) => !file.startsWith("."));
  return { id, owner, names: new Set(space.names), files: new Map(shown), loose: new Set(space.loose) };
}
