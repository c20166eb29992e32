import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type Static, Type } from "typebox";
import type { Config } from "../../config/schema.ts";
import { type HealthChecks, problemIn } from "../../platform/http/dependency-health.ts";
import type { SessionsContext } from "../context.ts";
import { policies } from "../policies.ts";
import { type Told, tell } from "../sentences.ts";
import { createLook, machineNow, type SeenType } from "./look.ts";
import { hostUse, lastFailures } from "./queries.ts";

const FAILURES = 10;
/** Milliseconds after its last sign in which a host counts as there; its server gives one every few seconds. */
const SILENT_MS = 60_000;

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Time = Type.String({ format: "date-time" });
/** A sentence in English, with its code. */
const ToldOrNull = Type.Unsafe<Told | null>({});
const Who = Type.Enum(["everyone", "admins", "nobody"]);

const Resources = Type.Object({
  looked_at: Time,
  job_types: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      icon: Type.String(),
      may_start: Who,
      why: ToldOrNull,
      path: Nullable(Type.String()),
      version: Nullable(Type.String({ description: "As its program tells it." })),
    }),
  ),
  hosts: Type.Array(
    Type.Object({
      node: Type.String(),
      here: Type.Boolean({ description: "The one that answers this." }),
      answers: Type.Boolean(),
      seen_at: Nullable(Time),
      drained: Type.Boolean({ description: "Nothing is started on it any more." }),
      live: Type.Integer({ description: "Sessions that have not ended." }),
      promised_cores: Type.Number({ description: "What its live sessions may take." }),
      promised_memory: Type.Integer({ description: "Bytes." }),
      now: Nullable(
        Type.Object(
          { cores: Type.Integer(), load: Type.Number(), memory_total: Type.Integer(), memory_free: Type.Integer() },
          { description: "Of the host that answers; bytes." },
        ),
      ),
      problem: Nullable(Type.String()),
      isolation: Nullable(Type.String({ description: "How sessions are kept apart there." })),
    }),
  ),
  failures: Type.Array(
    Type.Object({
      id: Type.Integer(),
      job_type: Type.String(),
      node: Type.String(),
      ended_at: Nullable(Time),
      told: ToldOrNull,
    }),
  ),
});

/** Programs and machines, for operators. */
export function machineRoutes(
  context: SessionsContext,
  parts: { readonly health: HealthChecks; readonly isolation: string },
): FastifyPluginAsyncTypebox {
  const look = createLook(context);
  const { config } = context.platform;
  return async (app) => {
    app.get(
      "/api/stoa/v1/system/resources",
      {
        config: { policy: policies.readAll },
        schema: {
          tags: ["system"],
          summary: "What sessions can be started here, and where they run",
          description:
            "For administrators: each kind of session with its program, or why it can't be started; each host with what it has and what its sessions may take; the last failures. Programs are looked at again after a minute, or when asked for.",
          querystring: Type.Object({ again: Type.Optional(Type.Boolean({ description: "Look now." })) }),
          response: { 200: Resources },
        },
      },
      async ({ query }, reply) => {
        reply.header("cache-control", "no-store");
        const [seen, hosts, failures, problem] = await Promise.all([
          look(query.again === true),
          hostUse(context.db),
          lastFailures(context.db, FAILURES),
          problemHere(parts.health),
        ]);
        const names = hosts.some(({ node }) => node === config.nodeId) ? [] : [config.nodeId];
        const all = [...hosts, ...names.map((node) => ({ node, seenAt: null, live: 0, cores: 0, memory: 0 }))];
        return {
          looked_at: seen.at.toISOString(),
          job_types: seen.types.map((one) => presentType(one, config)),
          hosts: all.map((host) => presentHost(host, config, problem, parts.isolation)),
          failures: failures.map(({ id, job_type, node_id, ended_at, reason }) => ({
            id,
            job_type,
            node: node_id,
            ended_at: ended_at?.toISOString() ?? null,
            told: reason === null ? null : tell(reason),
          })),
        };
      },
    );
  };
}

async function problemHere(health: HealthChecks): Promise<string | null> {
  const found = await Promise.all(Object.values(health).map((check) => check()));
  const problem = found.find((one) => one !== null) ?? null;
  return problem === null ? null : problemIn(problem, "en");
}

function presentType({ type, why, path, version }: SeenType, { sessions }: Config) {
  const may_start = sessions.mayStart.findLast(({ name }) => name === type.id)?.value ?? ("everyone" as const);
  return { id: type.id, name: type.name, icon: type.icon, may_start, why, path, version };
}

type Host = Awaited<ReturnType<typeof hostUse>>[number];
type Shown = Static<typeof Resources>["hosts"][number];

function presentHost(host: Host, config: Config, problem: string | null, isolation: string): Shown {
  const here = host.node === config.nodeId;
  const { cores, load, memoryTotal, memoryFree } = machineNow();
  return {
    node: host.node,
    here,
    answers: here || (host.seenAt !== null && Date.now() - host.seenAt.getTime() < SILENT_MS),
    seen_at: host.seenAt?.toISOString() ?? null,
    drained: config.sessions.drained.includes(host.node),
    live: host.live,
    promised_cores: host.cores,
    promised_memory: host.memory,
    now: here ? { cores, load, memory_total: memoryTotal, memory_free: memoryFree } : null,
    problem: here ? problem : null,
    isolation: here ? isolation : null,
  };
}
