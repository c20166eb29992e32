import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { AnnouncementsContext } from "../context.ts";
import { policies } from "../policy.ts";
import { MaintenanceBody, MaintenanceState, presentMaintenance, VersionBody } from "../schema.ts";
import type { Maintenance } from "./maintenance.ts";

const address = "/api/stoa/v1/system/maintenance";
const tags = ["announcements"];

export function maintenanceRoutes(context: AnnouncementsContext, maintenance: Maintenance): FastifyPluginAsyncTypebox {
  const present = async () => {
    const row = maintenance.current();
    const names = await context.people.byIds(row?.changed_by ? [row.changed_by] : []);
    return presentMaintenance(row, names.get(row?.changed_by ?? -1)?.username ?? null);
  };
  return async (app) => {
    app.get(
      address,
      {
        config: { policy: policies.readMaintenance },
        schema: {
          summary: "The maintenance that is on or planned",
          description: "Or the last there was.",
          tags,
          response: { 200: MaintenanceState },
        },
      },
      present,
    );

    app.put(
      address,
      {
        config: { policy: policies.plan },
        schema: {
          summary: "Begin or plan a maintenance",
          description:
            "While it is on, everybody but administrators can look, sign in and use the sessions that run, and change nothing else: 503 with Retry-After, in every API's shape. What was begun in the background goes on.",
          tags,
          body: MaintenanceBody,
          response: { 200: MaintenanceState },
        },
      },
      async (request) => {
        const { message = "", message_fa = "", starts_at, ends_at, version } = request.body;
        const startsAt = starts_at === null ? null : new Date(starts_at);
        const endsAt = ends_at === null ? null : new Date(ends_at);
        await maintenance.plan({ message, messageFa: message_fa, startsAt, endsAt, version }, request);
        return await present();
      },
    );

    app.post(
      `${address}/end`,
      {
        config: { policy: policies.endMaintenance },
        schema: {
          summary: "End the maintenance, or call it off",
          description: "Everybody can work again within a second.",
          tags,
          body: VersionBody,
          response: { 200: MaintenanceState },
        },
      },
      async (request) => {
        await maintenance.end(request.body.version, request);
        return await present();
      },
    );
  };
}
