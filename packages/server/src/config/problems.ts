import { StartError } from "../platform/errors/start-error.ts";

/** One thing wrong with the configuration: where, what, and what to do. Never holds a secret's value. */
export interface Problem {
  /** The setting as its owner wrote it: `STOA_PORT`, or `port in /etc/stoa.yaml`. */
  readonly where: string;
  /** Completes the sentence that begins with `where`. */
  readonly problem: string;
  readonly remedy: string;
}

/** All problems as one error; its message lists each with its remedy. */
export class ConfigError extends StartError {
  readonly list: readonly Problem[];

  constructor(list: readonly Problem[]) {
    const count = list.length === 1 ? "One setting needs" : `${list.length} settings need`;
    const lines = list.map((p) => `  - ${p.where} ${p.problem}. ${p.remedy}`);
    super(
      [`${count} a change before Stoa can start:`, ...lines].join("\n"),
      "Every setting is described in docs/configuration.md.",
    );
    this.name = "ConfigError";
    this.list = list;
  }
}

/** The known name most like a mistyped one; null when none is near. */
export function nearest(name: string, known: readonly string[]): string | null {
  const scored = known.map((candidate) => ({ candidate, distance: editDistance(name, candidate) }));
  scored.sort((a, b) => a.distance - b.distance);
  const best = scored[0];
  return best !== undefined && best.distance <= Math.max(2, Math.floor(name.length / 4)) ? best.candidate : null;
}

/** Levenshtein's, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
