import { createRequire } from "node:module";
import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import type { Config } from "../../config/schema.ts";
import type { Principal } from "../principal.ts";
import { type DependencyHealth, type HealthChecks, watchHealth } from "./dependency-health.ts";
import type { RoutePolicy } from "./route-policy.ts";

const { version } = createRequire(import.meta.url)("../../../package.json") as { version: string };

const Health = Type.Object({
  connected: Type.Boolean(),
  message: Type.String({ description: "Why it is not connected; empty for all but administrators." }),
});
const ById = Type.Record(Type.String(), Health);

const Status = Type.Object({
  message: Type.Literal(""),
  success: Type.Literal(true),
  version: Type.String(),
  build: Type.String(),
  dependencies: Type.Object({
    main_resource: Health,
    api_user_authentication: Health,
    resources: ById,
    storage_methods: ById,
    user_authentication_methods: ById,
  }),
});

/** What each domain looks after, by the ids that clients know. */
export interface StatusParts {
  readonly resources: HealthChecks;
  readonly storageMethods: HealthChecks;
  readonly authenticationMethods: HealthChecks;
}

/** Contract 3's: whether what the server depends on is there. Always 200, and cheap however often it is asked. */
export function statusRoutes({ config }: { readonly config: Config }, parts: StatusParts): FastifyPluginAsync {
  const read = watchHealth({
    resources: parts.resources,
    storage_methods: parts.storageMethods,
    user_authentication_methods: parts.authenticationMethods,
  });
  const policy: RoutePolicy = {
    dialect: "workspaces",
    access: { public: "Contract 3: programs ask before they sign in. Why something is not there, admins alone learn." },
  };
  return async (app) => {
    app.get(
      "/status/",
      {
        config: { policy },
        schema: {
          summary: "Whether what the server depends on is there",
          description: "Always 200. `message` says why something is not connected, to administrators only.",
          tags: ["system"],
          response: { 200: Status },
        },
      },
      async (request, reply) => {
        const found = await read();
        const told = isOpenAdmin(request.principal) ? found : withoutReasons(found);
        reply.header("cache-control", "no-store");
        return {
          message: "" as const,
          success: true as const,
          version,
          build: config.build,
          dependencies: {
            main_resource: main(told.resources, config.uws?.mainResource),
            api_user_authentication: main(told.user_authentication_methods, config.uws?.apiUserAuthentication),
            ...told,
          },
        };
      },
    );
  };
}

/** One whom nothing keeps from being it: no password to change first, no second factor that is still to be set up. */
function isOpenAdmin(principal: Principal | null): boolean {
  return principal?.isAdmin === true && !principal.mustChangePassword && !principal.limitation;
}

type States = Readonly<Record<string, DependencyHealth>>;

/** The configured one, else the first. */
function main(states: States, id: string | undefined): DependencyHealth {
  const state = id === undefined ? undefined : states[id];
  return state ?? Object.values(states)[0] ?? { connected: false, message: "" };
}

function withoutReasons<G extends Readonly<Record<string, States>>>(groups: G): G {
  const silent = (states: States) =>
    Object.fromEntries(Object.entries(states).map(([id, { connected }]) => [id, { connected, message: "" }]));
  return Object.fromEntries(Object.entries(groups).map(([group, states]) => [group, silent(states)])) as G;
}
