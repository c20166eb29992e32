import type { LargeEntry } from "./largest-entries.ts";

/** Keeps the largest of any number of things, in the memory of a few. */
export class Largest {
  readonly #limit: number;
  readonly #kept: LargeEntry[] = [];
  /** What is smaller can't be among them any more. */
  #least = 1;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** True: worth making a path for. What takes nothing frees nothing. */
  wants(bytes: number): boolean {
    return bytes >= this.#least;
  }

  add(entry: LargeEntry): void {
    if (!this.wants(entry.bytes)) return;
    this.#kept.push(entry);
    if (this.#kept.length >= this.#limit * 4) this.#cut();
  }

  /** Largest first. */
  sorted(): LargeEntry[] {
    this.#cut();
    return [...this.#kept];
  }

  #cut(): void {
    this.#kept.sort((a, b) => b.bytes - a.bytes);
    this.#kept.splice(this.#limit);
    if (this.#kept.length === this.#limit) this.#least = Math.max(1, this.#kept.at(-1)?.bytes ?? 1);
  }
}
