import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import type { Platform } from "../platform.ts";
import type { Addresses } from "./addresses.ts";
import { documentedDialects, openApiDocument } from "./openapi.ts";
import { newNonce } from "./page-nonce.ts";
import type { RoutePolicy } from "./route-policy.ts";
import { readScalar } from "./scalar-script.ts";
import { pagePolicy } from "./security-headers.ts";

const policy: RoutePolicy = { dialect: "web", access: { public: "How to use the APIs is no secret." } };
const config = { policy };
const hidden = (summary: string, type: string) => ({
  summary,
  hide: true,
  response: { 200: { description: summary, content: { [type]: { schema: Type.Unknown() } } } },
});

/** The machine-readable documents, and the pages made of them. */
export function docsRoutes({ addresses }: Pick<Platform, "addresses">): FastifyPluginAsync {
  return async (app) => {
    addDocument(app, addresses, "/openapi.json", null);
    for (const dialect of documentedDialects) addDocument(app, addresses, `/openapi/${dialect}.json`, dialect);
    // Where contract 1's callers know them.
    addDocument(app, addresses, "/api/v1/openapi.json", "storage");
    addPage(app, "/api/v1/docs");
    addPages(app);
  };
}

function addDocument(
  app: FastifyInstance,
  addresses: Addresses,
  url: string,
  dialect: (typeof documentedDialects)[number] | null,
): void {
  let text: string | undefined;
  app.get(url, { config, schema: hidden("OpenAPI 3.1", "application/json") }, async (_request, reply) => {
    // The port is known once we listen, and so once somebody asks.
    text ??= JSON.stringify(openApiDocument(app, dialect, addresses.portalOrigin()));
    return await reply.type("application/json; charset=utf-8").header("cache-control", "no-cache").send(text);
  });
}

function addPage(app: FastifyInstance, url: string): void {
  app.get(url, { config, schema: hidden("The documentation", "text/html") }, async (_request, reply) => {
    const nonce = newNonce();
    return await reply
      .type("text/html; charset=utf-8")
      .header("cache-control", "no-store")
      .header("content-security-policy", pagePolicy(nonce))
      .send(docsPage(nonce));
  });
}

function addPages(app: FastifyInstance): void {
  addPage(app, "/docs");
  app.get("/docs/scalar.js", { config, schema: hidden("Scalar", "text/javascript") }, async (_request, reply) =>
    reply
      .type("text/javascript; charset=utf-8")
      .header("cache-control", "public, max-age=3600")
      .send(await readScalar()),
  );
  app.get("/docs/start.js", { config, schema: hidden("Starts Scalar", "text/javascript") }, async (_request, reply) =>
    reply.type("text/javascript; charset=utf-8").header("cache-control", "no-cache").send(startScript),
  );
}

function docsPage(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta property="csp-nonce" content="${nonce}" nonce="${nonce}"><link rel="icon" href="/portal/favicon.svg"><title>Stoa API</title></head>
<body><div id="app"></div>
<script src="/docs/scalar.js" nonce="${nonce}"></script><script src="/docs/start.js" nonce="${nonce}"></script></body>
</html>
`;
}

/** No fonts, telemetry or assistants from elsewhere: the page works without the internet. */
const startScript = `Scalar.createApiReference("#app", ${JSON.stringify({
  sources: [
    { title: "Everything", url: "/openapi.json" },
    ...documentedDialects.map((dialect) => ({ title: dialect, slug: dialect, url: `/openapi/${dialect}.json` })),
  ],
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
})});
`;
