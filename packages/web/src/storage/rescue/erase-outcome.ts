import type { ErasingThings, LargeThing } from "../../api/storage-rescue.ts";
import type { Operation } from "../../api/types.ts";

/** What became of an order to delete for good. */
export interface EraseOutcome {
  readonly gone: readonly LargeThing[];
  /** What is still there, and why where the server says it. */
  readonly left: readonly { readonly thing: LargeThing; readonly problem: string | null }[];
}

/** One that has ended, with the result of its kind. */
export type Ended = Pick<Operation, "subject" | "state" | "error"> & {
  readonly result?: Readonly<Record<string, unknown>> | null;
};

export const hasEnded = ({ state }: Pick<Operation, "state">): boolean => state !== "queued" && state !== "running";

/**
 * Each of them, by what the order's answer and its operations say.
 * @param things as they were asked for
 * @param operations all of them, ended
 */
export function outcomeOf(
  things: readonly LargeThing[],
  { items }: ErasingThings,
  operations: readonly Ended[],
): EraseOutcome {
  const gone: LargeThing[] = [];
  const left: { thing: LargeThing; problem: string | null }[] = [];
  for (const [at, thing] of things.entries()) {
    const problem = items[at]?.accepted ? problemOf(thing, operations) : (items[at]?.problem ?? null);
    if (problem === undefined) gone.push(thing);
    else left.push({ thing, problem });
  }
  return { gone, left };
}

/** Undefined: there is none, it is gone. */
function problemOf(thing: LargeThing, operations: readonly Ended[]): string | null | undefined {
  const { workspace } = thing;
  const of = thing.trash_entry !== null ? "trash" : workspace === null ? "storage" : "workspace";
  const operation = operations.find(
    ({ subject }) => subject.kind === of && (of !== "workspace" || subject.id === String(workspace?.id)),
  );
  if (operation === undefined) return null;
  if (operation.state !== "succeeded") return operation.error?.message ?? null;
  const lines = operation.result?.items;
  const line: unknown = Array.isArray(lines) ? lines.find(({ path }) => path === thing.path) : undefined;
  if (typeof line !== "object" || line === null || !("done" in line) || line.done === true) return undefined;
  return "problem" in line && typeof line.problem === "string" ? line.problem : null;
}
