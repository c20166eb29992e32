import { lookAtMoves, type MoveInBegun, type MoveInLook, moveManyIn } from "../../api/move-ins.ts";

/** Ids that one call takes: few enough that it answers soon. */
const atOnce = 100;

async function some<T>(
  ids: readonly number[],
  ask: (ids: readonly number[]) => Promise<{ readonly items: readonly T[] }>,
): Promise<T[]> {
  const all: T[] = [];
  for (let from = 0; from < ids.length; from += atOnce) all.push(...(await ask(ids.slice(from, from + atOnce))).items);
  return all;
}

/** What stands in whose way. @throws what a call throws */
export const lookAtMany = (ids: readonly number[], look: typeof lookAtMoves = lookAtMoves): Promise<MoveInLook[]> =>
  some(ids, look);

/** Has many moved; each is begun or not by itself. @throws what the first call throws */
export async function moveMany(
  ids: readonly number[],
  move: typeof moveManyIn = moveManyIn,
): Promise<readonly MoveInBegun[]> {
  const begun: MoveInBegun[] = [];
  await some(ids, async (few) => {
    const { items } = await move(few).catch((error: unknown) => {
      // Those before it are being moved: what is told of them must not be lost.
      if (begun.length === 0) throw error;
      const problem = error instanceof Error ? error.message : null;
      return { items: few.map((id) => ({ id, operation_id: null, problem })) };
    });
    begun.push(...items);
    return { items };
  });
  return begun;
}

/** What all that can be moved come to. */
export const sumOfMoves = (looks: readonly MoveInLook[]) =>
  looks
    .filter(({ why_not }) => why_not === null)
    .reduce(
      (sum, { workspaces, in_trash, bytes }) => ({
        workspaces: sum.workspaces + workspaces,
        trash: sum.trash + in_trash,
        bytes: sum.bytes + bytes,
      }),
      { workspaces: 0, trash: 0, bytes: 0 },
    );
