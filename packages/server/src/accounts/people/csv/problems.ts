import type { LocalizedRefusal } from "../../localized-refusal.ts";
import type { AccountRefusal } from "../../refusals.ts";

/** Of what is wrong with a file so many things are told; the count is of all. */
export const MOST_TOLD = 500;
/** Of what stands in a field, in characters. */
const SHOWN = 100;

type Refusal = LocalizedRefusal | AccountRefusal;

export interface CsvProblem {
  /** Of the file, from 1. */
  readonly line: number;
  readonly column: string | null;
  readonly value: string | null;
  readonly refusal: Refusal;
}

/** What one look over all lines finds, in their order: everything is counted, and only what can be told is kept. */
export class Problems {
  readonly first: CsvProblem[] = [];
  readonly #lines = new Set<number>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  has(line: number): boolean {
    return this.#lines.has(line);
  }

  /** @param refusal made only where it is told: a file may be wrong in hundreds of thousands of places */
  add(line: number, column: string | null, value: string | null, refusal: () => Refusal): void {
    this.#count += 1;
    this.#lines.add(line);
    if (this.first.length >= MOST_TOLD) return;
    this.first.push({
      line,
      column: column?.slice(0, SHOWN) ?? null,
      value: value?.slice(0, SHOWN) ?? null,
      refusal: refusal(),
    });
  }
}

/** The first of what several looks have found, in the order of the file. */
export function firstOf(looks: readonly Problems[]): CsvProblem[] {
  return looks
    .flatMap(({ first }) => first)
    .toSorted((a, b) => a.line - b.line)
    .slice(0, MOST_TOLD);
}
