import { asApiError } from "../../api/api-error.ts";
import { numberedPath } from "./file-path.ts";

/** `stop`: this one and all after it stay where they are. */
export type TakenChoice = "keep_both" | "replace" | "skip" | "stop";
export interface TakenAnswer {
  readonly choice: TakenChoice;
  /** For the rest, too. */
  readonly all: boolean;
}

export interface Way {
  readonly from: string;
  readonly to: string;
}

export interface Placed<R> extends Way {
  /** What stood there is in the trash. */
  readonly replaced: boolean;
  readonly result: R;
}

interface Placing<R> {
  /** @throws ApiError 409 when something is at `to`, unless `replace` */
  act(way: Way, replace: boolean): Promise<R>;
  /** Whether that was why it was refused. */
  isTaken(path: string): Promise<boolean>;
  /** @param more that are still to come */
  ask(path: string, more: number): Promise<TakenAnswer>;
}

/** Names that are tried before it is given up. */
const mostNumbers = 50;

/**
 * Moves or copies one after the other, and asks where a name is taken. What stands at its own place gets a free name.
 * @returns those that were placed, with where they are; @throws ApiError the first refusal for another reason
 */
export async function placeEach<R>(ways: readonly Way[], placing: Placing<R>): Promise<Placed<R>[]> {
  const placed: Placed<R>[] = [];
  let forAll: TakenChoice | null = null;
  for (const [at, way] of ways.entries()) {
    let choice: TakenChoice | null = way.from === way.to ? "keep_both" : forAll;
    let one = await attempt(way, choice, placing);
    if (one === "taken" && choice === null) {
      const answer = await placing.ask(way.to, ways.length - at - 1);
      choice = answer.choice;
      if (answer.all) forAll = choice;
      one = choice === "keep_both" || choice === "replace" ? await attempt(way, choice, placing) : "taken";
    }
    if (choice === "stop") return placed;
    if (one !== "taken") placed.push(one);
  }
  return placed;
}

async function attempt<R>(
  way: Way,
  choice: TakenChoice | null,
  { act, isTaken }: Placing<R>,
): Promise<Placed<R> | "taken"> {
  const replaced = choice === "replace";
  const last = choice === "keep_both" ? mostNumbers : 1;
  for (let number = way.from === way.to ? 2 : 1; ; number++) {
    const to = numberedPath(way.to, number);
    try {
      return { from: way.from, to, replaced, result: await act({ from: way.from, to }, replaced) };
    } catch (error) {
      if (replaced || asApiError(error).status !== 409 || !(await isTaken(to))) throw error;
      if (number < last) continue;
      if (choice === "keep_both") throw error;
      return "taken";
    }
  }
}
