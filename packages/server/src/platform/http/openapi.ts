import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import type { FastifyInstance, FastifySchema } from "fastify";
import { introduction } from "./openapi-introduction.ts";
import { describeResponses } from "./openapi-responses.ts";
import type { Dialect } from "./route-policy.ts";
import type { SocketRoute } from "./sockets/socket-routes.ts";

/** What the documents are cut from: one per contract, and the whole. */
export const documentedDialects = ["storage", "portal", "workspaces", "playgrounds", "pools", "stoa"] as const;

type Operation = Record<string, unknown>;
export type Paths = Record<string, Record<string, Operation>>;
export type OpenApiDocument = Record<string, unknown> & { info: Record<string, unknown>; paths: Paths };

const titles: Readonly<Record<(typeof documentedDialects)[number], string>> = {
  storage: "Stoa: storage (contract 1)",
  portal: "Stoa: portal (contract 2)",
  workspaces: "Stoa: workspaces and sessions (contract 3)",
  playgrounds: "Stoa: playgrounds (contract 4)",
  pools: "Stoa: pools (contract 5)",
  stoa: "Stoa: its own API",
};

const securitySchemes = {
  bearer: { type: "http", scheme: "bearer", description: "An access token (JWT) or a personal access token (zpat_…)." },
  cookie: {
    type: "apiKey",
    in: "cookie",
    name: "stoa_session",
    description: "The portal's session; writes also need X-CSRF-Token.",
  },
  uws: { type: "apiKey", in: "header", name: "UWS-Authorization", description: "`Token <token>`." },
  apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
  bare: { type: "apiKey", in: "header", name: "Authorization", description: "The token without a scheme." },
} as const;

const schemesOf: Readonly<Record<Dialect, readonly (keyof typeof securitySchemes)[]>> = {
  storage: ["apiKey", "bearer", "cookie"],
  portal: ["bearer", "cookie"],
  workspaces: ["uws", "bearer", "cookie"],
  playgrounds: ["bare", "bearer", "cookie"],
  pools: ["bearer", "bare", "cookie"],
  stoa: ["bearer", "cookie"],
  web: ["bearer", "cookie"],
};

/** How @fastify/swagger is set up: everything comes from the routes' own declarations. */
export function openApiOptions(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Stoa", version },
      components: { securitySchemes },
    },
    convertConstToEnum: false,
    transform: ({ schema, url, route }) => ({ schema: withSecurity(schema, route.config), url }),
  };
}

function withSecurity(schema: object, config: unknown): FastifySchema {
  const policy = (config as { policy?: { dialect: Dialect; access: object } } | undefined)?.policy;
  if (policy === undefined) return { ...schema, hide: true };
  const isPublic = "public" in policy.access;
  const documented = {
    ...schema,
    "x-stoa-api": policy.dialect,
    ...("scope" in policy.access ? { "x-stoa-scope": policy.access.scope } : {}),
    security: isPublic ? [] : schemesOf[policy.dialect].map((scheme) => ({ [scheme]: [] })),
  };
  return documented;
}

/**
 * The whole document, or one contract's part of it. Sockets stand in it as the GET that opens them.
 * @param origin this server's own, for the examples
 */
export function openApiDocument(
  app: FastifyInstance,
  dialect: (typeof documentedDialects)[number] | null,
  origin: string,
): OpenApiDocument {
  const plain = app.swagger() as unknown as OpenApiDocument;
  const document = { ...plain, info: { ...plain.info, description: introduction(origin, dialect === "storage") } };
  const whole = { ...document, paths: withSockets(describeResponses(document.paths), app.socketRoutes) };
  if (dialect === null) return whole;
  const paths: Paths = {};
  for (const [path, item] of Object.entries(whole.paths)) {
    const kept = Object.entries(item).filter(([, operation]) => operation["x-stoa-api"] === dialect);
    if (kept.length > 0) paths[path] = Object.fromEntries(kept);
  }
  return { ...whole, info: { ...whole.info, title: titles[dialect] }, paths };
}

function withSockets(paths: Paths, sockets: readonly SocketRoute[]): Paths {
  const all: Paths = { ...paths };
  for (const { path, policy, summary, queryToken } of sockets) {
    const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? "");
    const address = path.replace(/:(\w+)/g, "{$1}");
    const parameters = names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } }));
    const token = { name: "token", in: "query", schema: { type: "string" } };
    const operation = withSecurity(
      {
        summary,
        description: "A WebSocket: send an upgrade. Refused with the same errors as any other call.",
        tags: ["sockets"],
        "x-websocket": true,
        ...(names.length > 0 || queryToken ? { parameters: [...parameters, ...(queryToken ? [token] : [])] } : {}),
        responses: { 101: { description: "Switching to the WebSocket protocol" } },
      },
      { policy },
    );
    // A contract may have a call and a socket at one address: the call is what a document can show whole.
    all[address] = { get: operation as Operation, ...all[address] };
  }
  return all;
}
