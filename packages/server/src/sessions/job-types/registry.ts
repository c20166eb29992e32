import type { Config } from "../../config/schema.ts";
import { code } from "./code.ts";
import type { JobType } from "./contract.ts";
import { declared } from "./declared.ts";
import { imageApp } from "./image-app.ts";
import { jupyterLab } from "./jupyter-lab.ts";
import { localTestJob } from "./local-test-job.ts";
import { terminal } from "./terminal.ts";

type Configured = Pick<Config, "uws" | "jobTypes">;
/** What a configuration says of one of ours. */
type Setup = Pick<NonNullable<Config["uws"]>["jobTypes"][number], "environment" | "image">;

const NOTHING: Setup = { environment: null, image: null };

/** Every job type of ours, by the name that clients use. Null: it can't be offered without more being configured. */
const registry: Readonly<Record<string, (setup: Setup) => JobType | null>> = {
  jupyter_lab: ({ environment }) => jupyterLab(environment),
  code: () => code,
  appyter: ({ image }) =>
    image === null ? null : imageApp({ id: "appyter", name: "Appyter", icon: "notebook" }, image),
  yac: ({ image }) => (image === null ? null : imageApp({ id: "yac", name: "YAC", icon: "chart" }, image)),
  local_test_job: () => localTestJob,
  terminal: () => terminal,
};

/**
 * What can be started here. The configuration of a service that was replaced says which of contract 3's types there
 * are, under which names; ours stay beside them, and so do the operator's own.
 */
function offered({ uws, jobTypes }: Configured): readonly JobType[] {
  const setups: Readonly<Record<string, Setup>> = {
    jupyter_lab: { environment: jobTypes?.jupyterLab ?? null, image: null },
    appyter: { environment: null, image: jobTypes?.images.appyter ?? null },
    yac: { environment: null, image: jobTypes?.images.yac ?? null },
  };
  const ours = (id: string, setup: Setup = setups[id] ?? NOTHING): JobType[] => [registry[id]?.(setup) ?? []].flat();
  const own = (jobTypes?.declared ?? []).map(declared);
  if (uws === null) return [...Object.keys(registry).flatMap((id) => ours(id)), ...own];
  const configured = uws.jobTypes.flatMap(({ id, name, type, environment, image }) => {
    const setup = { environment: environment ?? setups[type]?.environment ?? null, image };
    return ours(type, setup).map((one) => ({ ...one, id, name }));
  });
  return [...ours("terminal"), ...ours("code"), ...configured, ...own];
}

export function jobTypeIds(configured: Configured): ReadonlySet<string> {
  return new Set(offered(configured).map(({ id }) => id));
}

/**
 * The registry with what tests and benchmarks bring.
 * @throws when a type contradicts itself: a mistake of whoever declared it
 */
export function jobTypesWith(
  extra: readonly JobType[],
  configured: Configured = { uws: null, jobTypes: null },
): ReadonlyMap<string, JobType> {
  const all = new Map([...offered(configured), ...extra].map((type) => [type.id, type]));
  for (const type of all.values()) {
    if ((type.web === "program") !== (type.readiness === "listening")) {
      throw new Error(`The job type ${type.id} must be ready by listening exactly if its program answers HTTP.`);
    }
    if (type.web !== "none" && type.protection === "no-port") {
      throw new Error(`The job type ${type.id} answers HTTP, but doesn't say how that is kept from others.`);
    }
  }
  return all;
}
