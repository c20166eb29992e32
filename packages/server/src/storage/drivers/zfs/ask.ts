import { backEndProblem } from "../../back-end-problems.ts";
import type { HostAnswer, StorageHost, StorageRequest } from "../../hosts/contract.ts";
import { HostUnreachable } from "../../hosts/contract.ts";
import { BackEndAway } from "../contract.ts";

/** Milliseconds, others' turns included. A command on a suspended pool waits for ever, and can't even be killed. */
const PATIENCE = 240_000;

/**
 * Has the storage host do it. A command that failed is an answer; what to make of it is looked up in the properties of
 * datasets, never in its words, which differ between releases.
 * @param signal of whoever waits for as long as it takes; left out: nobody waits for long
 * @throws BackEndAway when it could not be asked, or does not answer; the signal's reason
 */
export async function ask(host: StorageHost, request: StorageRequest, signal?: AbortSignal): Promise<HostAnswer> {
  const end = signal ?? AbortSignal.timeout(PATIENCE);
  let answer: HostAnswer;
  try {
    answer = await host.run(request, { signal: end });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof HostUnreachable) throw new BackEndAway(error.problem, { cause: error });
    if (end.aborted) throw noAnswer(request, error);
    throw error;
  }
  signal?.throwIfAborted();
  if (answer.code === null) throw noAnswer(request, answer.err);
  return answer;
}

function noAnswer(request: StorageRequest, cause: unknown): BackEndAway {
  return new BackEndAway(backEndProblem("zfs_silent", { command: request.do }), { cause });
}

/** What a failed command said, for operators. */
export function saidBy({ err, code }: HostAnswer): string {
  const last = err.trim().split("\n").at(-1) ?? "";
  return last === "" ? `exit code ${code}` : last.slice(0, 400);
}
