import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { viewerOf } from "../groups/policy.ts";
import { AccountId } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { DIRECTORY_LIMIT, searchDirectory } from "./directory.ts";

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
  const { people } = context.platform.config;
  return async (app) => {
    app.get(
      "/users/",
      {
        schema: {
          summary: "Find people to share with",
          description: `By "first last" or e-mail address, in any case, without the caller and \`admin\`; the first ${DIRECTORY_LIMIT} of them. Whom one finds is the operator's choice (STOA_DIRECTORY): everyone, people of the same groups, or nobody. Limited in rate.`,
          tags: ["people"],
          querystring: Type.Object({ search: Type.Optional(Type.String({ description: "Part of it is enough." })) }),
          response: { 200: Users },
        },
        config: {
          policy: { dialect: "workspaces", access: { scope: "workspaces:read" } } satisfies RoutePolicy,
        },
      },
      async (request) => {
        const seeker = viewerOf(request.principal);
        await app.rateLimits.attempt("directory", { address: request.ip, account: String(seeker.id) });
        const users = await searchDirectory(context.db, seeker, people.directory, request.query.search);
        const message = users.length > 0 ? "Successful." : "Users matching given parameters could not be found.";
        return { message, success: true as const, data: { users } };
      },
    );
  };
}
