import { backEndProblem } from "../../back-end-problems.ts";
import { GROUPS } from "../../hosts/command.ts";
import type { Place } from "../../hosts/contract.ts";
import { BackEndAway } from "../contract.ts";
import type { PosixContext, Probed } from "./context.ts";
import { type Entry, lookAt } from "./entries.ts";

const ALWAYS: readonly Place[] = [{ kind: "base" }, { kind: "groups" }];

/** What stands at some places, and under which base that is so. */
export interface Seen {
  readonly probed: Probed;
  /** By `placeKey`. */
  readonly found: ReadonlyMap<string, Entry>;
}

/**
 * Looks at these places of the base that was probed. Another directory in its place is what an unmounted disk leaves
 * behind: nobody's files are there, and none may be made there. It is probed anew then.
 * @throws BackEndAway where it isn't sound
 */
export async function lookBelow(context: PosixContext, places: readonly Place[]): Promise<Seen> {
  const seen = await look(context, places, await context.ready());
  if (isSame(seen)) return seen;
  const { state } = await context.probe();
  if (!state.ok) throw new BackEndAway({ text: state.problem, toldBy: state.problemToldBy });
  const again = await look(context, places, await context.ready());
  if (isSame(again)) return again;
  throw new BackEndAway(backEndProblem("base_changing", { base: context.base }));
}

async function look({ ask, base }: PosixContext, places: readonly Place[], probed: Probed): Promise<Seen> {
  return { probed, found: await lookAt(ask, base, [...ALWAYS, ...places]) };
}

function isSame({ probed: { device, inode }, found }: Seen): boolean {
  const entry = found.get("");
  return entry?.device === device && entry.inode === inode && found.get(GROUPS)?.type === "directory";
}
