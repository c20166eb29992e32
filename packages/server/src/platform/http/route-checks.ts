import type { RouteOptions } from "fastify";
import { withCommonErrors } from "./error-responses.ts";
import type { RoutePolicy } from "./route-policy.ts";

type Schema = { readonly summary?: unknown; readonly hide?: unknown; readonly response?: Record<string, unknown> };

const unsafe = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/**
 * Runs for each route that is added. Denies by default: one that does not say who may call it, what it
 * leaves in the audit log and what it answers stops the start.
 */
export function checkRoute(route: RouteOptions): RoutePolicy {
  const policy = route.config?.policy;
  if (policy === undefined) throw refuse(route, "has no policy in its config");
  const methods = [route.method].flat();
  if (methods.some((method) => unsafe.has(method)) && policy.audit === undefined && policy.auditExempt === undefined) {
    throw refuse(route, "writes, but names neither audit nor auditExempt");
  }
  const schema = (route.schema ?? {}) as Schema;
  if (typeof schema.summary !== "string") throw refuse(route, "has no summary");
  if (schema.response === undefined || Object.keys(schema.response).length === 0) {
    throw refuse(route, "declares no response");
  }
  declare(route, policy, schema);
  return policy;
}

/** What every route shares is added here, so that none can forget it. */
function declare(route: RouteOptions, policy: RoutePolicy, schema: Schema): void {
  route.schema = { ...route.schema, response: withCommonErrors(policy.dialect, schema.response ?? {}) };
}

function refuse(route: RouteOptions, problem: string): Error {
  return new Error(`The route ${[route.method].flat().join("/")} ${route.url} ${problem}.`);
}
