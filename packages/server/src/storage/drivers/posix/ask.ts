import type { Logger } from "pino";
import { backEndProblem } from "../../back-end-problems.ts";
import {
  type HostAnswer,
  HostUnreachable,
  type Place,
  type StorageHost,
  type StorageRequest,
} from "../../hosts/contract.ts";
import { BackEndAway, type Outcome, type OutcomeCode, type Subject } from "../contract.ts";

/** Has the storage host do it. @throws BackEndAway where it can't be asked, or lacks the program */
export type Ask = (request: StorageRequest, signal?: AbortSignal) => Promise<HostAnswer>;

/** What shells, `env` and our hosts answer for a program that isn't there. */
const NOT_FOUND = 127;

/** Requests that may lack their program: quotas are done without it then. */
const DISPENSABLE: ReadonlySet<StorageRequest["do"]> = new Set([
  "quota-state",
  "report-quotas",
  "set-quotas",
  "attributes",
]);

export function createAsk(host: StorageHost, log: Logger): Ask {
  return async (request, signal) => {
    const answer = await host
      .run(request, signal === undefined ? {} : { signal })
      .catch((error: unknown) => rethrow(error));
    if (answer.code === NOT_FOUND && !DISPENSABLE.has(request.do)) {
      throw new BackEndAway(backEndProblem("program_missing", { said: lastLine(answer) }));
    }
    if (answer.code === null && !signal?.aborted) {
      throw new BackEndAway(backEndProblem("command_ended", { command: request.do, said: lastLine(answer) }));
    }
    if (answer.code !== 0) log.debug({ request: request.do, code: answer.code, err: answer.err }, "storage: it failed");
    return answer;
  };
}

function rethrow(error: unknown): never {
  if (error instanceof HostUnreachable) throw new BackEndAway(error.problem, { cause: error });
  throw error;
}

/** The words of system errors, which all of coreutils end their complaints with (the environment has LC_ALL=C). */
const CAUSES: readonly (readonly [RegExp, OutcomeCode])[] = [
  [/No space left on device|Disk quota exceeded/, "full"],
  [/Read-only file system/, "read_only"],
  [/Device or resource busy/, "busy"],
  [/Invalid cross-device link/, "other_file_system"],
  [/Not a directory|File exists/, "not_a_directory"],
];

/** What a failed command says of one subject. */
export function outcomeOf(subject: Pick<Subject, "kind" | "name">, answer: HostAnswer, about?: string): Outcome {
  const lines = answer.err.trim().split("\n");
  const line = lines.find((each) => about !== undefined && each.includes(about)) ?? lastLine(answer);
  const code = CAUSES.find(([words]) => words.test(line))?.[1] ?? "failed";
  return { kind: subject.kind, name: subject.name, code, problem: line };
}

/** The end of what it said. */
export function lastLine({ err, code }: HostAnswer): string {
  return err.trim().split("\n").at(-1) || `it ended with ${code}`;
}

/** What is wrong with a folder that `make` did not make: what `install` says of that is of no use. */
export async function whyNotMade(ask: Ask, place: Place, made: HostAnswer): Promise<HostAnswer> {
  const created = await ask({ do: "create", places: [place] });
  return created.code === 0 || /: File exists$/m.test(created.err) ? made : created;
}
