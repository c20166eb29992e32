import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import type { Dialect, RoutePolicy } from "../platform/http/route-policy.ts";

/** One address of each dialect, for tests of what all share. */
export const dialectPlaces: Readonly<Record<Dialect, string>> = {
  storage: "/api/v1/things",
  portal: "/api/things",
  workspaces: "/workspaces/things/",
  playgrounds: "/provisioner",
  pools: "/v1/things",
  stoa: "/api/stoa/v1/things",
  web: "/things",
};
export const dialects = Object.keys(dialectPlaces) as Dialect[];

const Body = Type.Object({
  name: Type.String({ minLength: 2 }),
  quota: Type.Optional(Type.Integer({ minimum: 0 })),
  files: Type.Optional(Type.Array(Type.Object({ name: Type.String() }))),
  anything: Type.Optional(Type.Unknown()),
});
const Query = Type.Object({ limit: Type.Integer({ minimum: 1, default: 50 }), all: Type.Optional(Type.Boolean()) });

/** POST makes a thing of its body, GET tells its query: in each dialect, for those with `workspaces:write`. */
export const dialectRoutes: FastifyPluginAsync = async (app) => {
  for (const dialect of dialects) {
    const access = { scope: "workspaces:write" } as const;
    const writes: RoutePolicy = { dialect, access, audit: "thing.make" };
    const reads: RoutePolicy = { dialect, access };
    const url = dialectPlaces[dialect];
    app.post(
      url,
      {
        config: { policy: writes },
        schema: { summary: "Make a thing", body: Body, response: { 200: Type.Object({ name: Type.String() }) } },
      },
      async (request) => request.body,
    );
    // Contract 4 has no reads: its GET answers 405.
    if (dialect === "playgrounds") continue;
    app.get(
      url,
      { config: { policy: reads }, schema: { summary: "Look", querystring: Query, response: { 200: Query } } },
      async (request) => request.query,
    );
  }
};
