/** What is wrong, for those who read it in their language; a plain sentence is English. */
export type HealthProblem = string | Readonly<Record<"en" | "fa", string>>;

/** Looks after one thing that the server depends on: null while all is well, else what is wrong. */
export type HealthCheck = () => Promise<HealthProblem | null>;

/** Checks by the id that clients know the thing by. */
export type HealthChecks = Readonly<Record<string, HealthCheck>>;

export interface DependencyHealth {
  readonly connected: boolean;
  /** In English; empty while it is connected. */
  readonly message: string;
}

/** Milliseconds that a check may take before it counts as failed. */
const PATIENCE_MS = 2_000;
/** Milliseconds that an answer is given again: anybody may ask, as often as they like. */
const KEPT_MS = 2_000;

/**
 * Runs checks: each at most once in two seconds, however many ask, and never for longer than two.
 * @returns what reads them all
 */
export function watchHealth<G extends Readonly<Record<string, HealthChecks>>>(
  groups: G,
  now: () => number = Date.now,
): () => Promise<{ readonly [K in keyof G]: Readonly<Record<string, DependencyHealth>> }> {
  const look = async () => {
    const read = Object.entries(groups).map(async ([group, checks]) => [group, await runAll(checks)] as const);
    return Object.fromEntries(await Promise.all(read)) as { [K in keyof G]: Record<string, DependencyHealth> };
  };
  let kept: { readonly at: number; readonly answer: ReturnType<typeof look> } | null = null;
  return () => {
    if (kept === null || now() - kept.at >= KEPT_MS) kept = { at: now(), answer: look() };
    return kept.answer;
  };
}

async function runAll(checks: HealthChecks): Promise<Record<string, DependencyHealth>> {
  const run = Object.entries(checks).map(async ([id, check]) => [id, await runOne(check)] as const);
  return Object.fromEntries(await Promise.all(run));
}

async function runOne(check: HealthCheck): Promise<DependencyHealth> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`It gave no answer within ${PATIENCE_MS / 1_000} seconds.`), PATIENCE_MS);
  });
  const failed = (error: unknown) => (error instanceof Error ? error.message : String(error));
  const problem = await Promise.race([check().catch(failed), late]).finally(() => clearTimeout(timer));
  return problem === null ? { connected: true, message: "" } : { connected: false, message: problemIn(problem, "en") };
}

export function problemIn(problem: HealthProblem, language: "en" | "fa"): string {
  return typeof problem === "string" ? problem : problem[language];
}
