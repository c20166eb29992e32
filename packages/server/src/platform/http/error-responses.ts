import { type TSchema, Type } from "typebox";
import type { Dialect } from "./route-policy.ts";

/** Statuses that any route may answer; added to each one's declaration. */
export const commonStatuses = [400, 401, 403, 404, 409, 413, 415, 421, 422, 429, 500, 503] as const;

const detail = Type.Object({ detail: Type.String() }, { description: "What went wrong, for people." });

const fastApiIssue = Type.Object({
  type: Type.String(),
  loc: Type.Array(Type.Union([Type.String(), Type.Integer()])),
  msg: Type.String(),
  input: Type.Unknown(),
});

const problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    request_id: Type.String(),
    details: Type.Record(Type.String(), Type.Unknown()),
    errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() }))),
  },
  { description: "Problem details (RFC 9457)." },
);

const shapes: Readonly<Record<Dialect, TSchema>> = {
  storage: detail,
  portal: detail,
  workspaces: Type.Object(
    { success: Type.Literal(false), message: Type.String() },
    { description: "What went wrong." },
  ),
  playgrounds: Type.Object({ message: Type.String() }, { description: "What went wrong." }),
  pools: Type.Object(
    { message: Type.String(), detail: Type.Record(Type.String(), Type.Unknown()) },
    { description: "What went wrong." },
  ),
  stoa: problem,
  web: problem,
};

const storageUnprocessable = Type.Object(
  { detail: Type.Union([Type.String(), Type.Array(fastApiIssue)]) },
  { description: "What is wrong with the request, field by field." },
);

/** The schema of an error at this dialect's addresses: for a route that declares a status beyond the common ones. */
export function errorResponse(dialect: Dialect, status = 400): TSchema {
  return dialect === "storage" && status === 422 ? storageUnprocessable : shapes[dialect];
}

/** The common errors, under what the route declares itself. */
export function withCommonErrors(
  dialect: Dialect,
  declared: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const common = commonStatuses.map((status) => [status, errorResponse(dialect, status)] as const);
  return { ...Object.fromEntries(common), ...declared };
}
