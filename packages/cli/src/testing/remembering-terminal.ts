import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../main.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A working directory and data directory of its own, and the command line run in it. */
export class CommandLine {
  readonly directory = mkdtempSync(join(tmpdir(), "stoa-cli-"));
  /** What the person at an interactive terminal answers; null: nobody is there. */
  answer: boolean | null = null;
  readonly #env: Readonly<Record<string, string>>;

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.#env = env;
    // So that a developer's own .env in the checkout is out of the game.
    writeFileSync(join(this.directory, ".env"), `STOA_DATA_DIR=${join(this.directory, "data")}\n`, { mode: 0o600 });
  }

  async run(...args: string[]): Promise<Ran> {
    const said = { out: "", err: "" };
    const code = await main(args, {
      out: (text) => {
        said.out += `${text}\n`;
      },
      err: (text) => {
        said.err += `${text}\n`;
      },
      interactive: this.answer !== null,
      confirm: async () => this.answer === true,
      env: { HOME: this.directory, ...this.#env },
      cwd: this.directory,
    });
    return { code, ...said };
  }

  path(...names: string[]): string {
    return join(this.directory, ...names);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
