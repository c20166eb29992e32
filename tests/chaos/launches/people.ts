import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ledger } from "../ledger.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { LaunchLine } from "./launch-ledger.ts";

export interface LaunchWorld {
  readonly url: () => string;
  /** The hub's folder, where starts are told to fail. */
  readonly base: string;
  readonly ledger: Ledger<LaunchLine>;
  /** Milliseconds after which a launch counts as stuck: its own budget, and what the outages take. */
  readonly patienceMs: number;
}

export interface Person {
  readonly name: string;
  readonly token: string;
}

interface Answer {
  /** 0: none came. */
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whoever asks knows what it reads
  readonly body: any;
}

export async function ask(
  world: LaunchWorld,
  person: Person,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  try {
    const answer = await fetch(`${world.url()}/api/stoa/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${person.token}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
  } catch {
    return { status: 0, body: null };
  }
}

/** Presses buttons as people do, until told to leave: starts (in several tabs), cancels, opens, stops. */
export async function press(
  world: LaunchWorld,
  person: Person,
  random: SeededRandom,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const plan = random.next() < 0.12 ? random.pick(["refuse", "die"] as const) : null;
    if (plan !== null) tell(world, person, plan);
    await launch(world, person, random, random.next() < 0.12);
    if (plan !== null) tell(world, person, null, plan);
    const [open, stop] = [random.next() < 0.8, random.next() < 0.7];
    if (open) await ask(world, person, "POST", "/hub/open", {});
    await sleep(random.between(50, 1_500));
    if (stop) {
      unwant(world, person);
      await ask(world, person, "POST", "/hub/stop", {});
    }
    await sleep(random.between(50, 2_000));
  }
}

function tell({ base, ledger }: LaunchWorld, { name }: Person, plan: "refuse" | "die" | null, was?: string): void {
  if (plan === null) rmSync(join(base, `${was}-${name}`), { force: true });
  else writeFileSync(join(base, `${plan}-${name}`), "");
  ledger.write({ what: "plan", user: name, plan, when: Date.now() });
}

/** Written before it is asked for: what ends from then on was to end. */
function unwant({ ledger }: LaunchWorld, { name }: Person): void {
  ledger.write({ what: "unwanted", user: name, when: Date.now() });
}

/** One press in one to three tabs, and what came of it. */
export async function launch(
  world: LaunchWorld,
  person: Person,
  random: SeededRandom,
  cancels: boolean,
): Promise<boolean> {
  const begun = Date.now();
  const tabs = random.between(1, 3);
  const asked = await Promise.all(Array.from({ length: tabs }, () => ask(world, person, "POST", "/hub/launch", {})));
  // One for all, but where the first was over before the last tab asked: that one's is told then. They sort by time.
  const begunHere: string[] = asked.flatMap(({ status, body }) => (status === 202 ? [body.operation_id] : []));
  const operation = begunHere.sort().at(-1);
  // Stoa is down: nothing was begun that we know of. The next press follows.
  if (operation === undefined) {
    await sleep(300);
    return false;
  }
  if (cancels) {
    await sleep(random.between(0, 2_500));
    unwant(world, person);
    await ask(world, person, "POST", `/operations/${operation}/cancel`);
  }
  const end = await followed(world, person, operation, begun);
  world.ledger.write({
    what: "launch",
    user: person.name,
    operation,
    begun,
    ended: Date.now(),
    cancelled: cancels,
    ...end,
  });
  return end.state === "ready";
}

type End = Pick<Extract<LaunchLine, { what: "launch" }>, "state" | "cause">;

async function followed(world: LaunchWorld, person: Person, operation: string, begun: number): Promise<End> {
  for (;;) {
    const { status, body } = await ask(world, person, "GET", "/hub");
    const last = status === 200 ? body.servers[0].launch : null;
    const isOurs = last?.operation_id === operation;
    if (isOurs && !["queued", "asked"].includes(last.state)) return { state: last.state, cause: last.cause };
    if (Date.now() - begun > world.patienceMs) return { state: "stuck", cause: last?.cause ?? null };
    await sleep(250);
  }
}
