import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import type { Principal } from "../../platform/principal.ts";
import { actorOf } from "../actor.ts";
import type { AccountsServices } from "../services.ts";
import { changeDisplay, Display, DisplayChange } from "./display.ts";

/** How the portal looks to oneself; who asks for the session's state reads it there. */
export function displayRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.patch(
      "/api/stoa/v1/account/display",
      {
        schema: {
          summary: "Change how the portal looks to oneself",
          description: "Calendar, digits, colours, and whether the tour was seen. What is left out stays.",
          tags: ["accounts"],
          body: DisplayChange,
          response: { 200: Display },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { scope: "account:write" },
            audit: "account.display",
          } satisfies RoutePolicy,
        },
      },
      (request) => changeDisplay(context, request.principal as Principal, request.body, actorOf(request)),
    );
  };
}
