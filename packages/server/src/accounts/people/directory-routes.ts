import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { AccountId } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { searchDirectory } from "./people-queries.ts";

const User = Type.Object({
  id: AccountId,
  first_name: Type.String(),
  last_name: Type.String(),
  username: Type.String(),
  email: Type.String(),
});

const Users = Type.Object({
  message: Type.String(),
  success: Type.Literal(true),
  data: Type.Object({ users: Type.Array(User) }),
});

/** Contract 3's directory: whom one can share with. */
export function directoryRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/users/",
      {
        schema: {
          summary: "Find people to share with",
          description: "By name or e-mail address, without the caller and `admin`; 200 of them at most.",
          tags: ["people"],
          querystring: Type.Object({ search: Type.Optional(Type.String({ maxLength: 200 })) }),
          response: { 200: Users },
        },
        config: {
          policy: { dialect: "workspaces", access: { scope: "workspaces:read" } } satisfies RoutePolicy,
        },
      },
      async (request) => {
        const users = await searchDirectory(context.db, request.principal?.accountId ?? null, request.query.search);
        const found = users.length > 0;
        const message = found ? "Successful." : "Users matching given parameters could not be found.";
        return { message, success: true as const, data: { users } };
      },
    );
  };
}
