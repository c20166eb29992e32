import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Platform } from "../platform.ts";
import type { Locale } from "./messages.ts";
import { newNonce, noncePlaceholder } from "./page-nonce.ts";
import type { RoutePolicy } from "./route-policy.ts";
import { pagePolicy } from "./security-headers.ts";

const builtPortal = path.join(import.meta.dirname, "../../../../web/dist");
const policy: RoutePolicy = {
  dialect: "web",
  access: { public: "The portal's own files; what they show asks again." },
};
const page = { description: "A page", content: { "text/html": { schema: Type.String() } } };
const schema = (summary: string) => ({
  summary,
  hide: true,
  response: { 200: page, 302: Type.Null(), 304: Type.Null() },
});

const notBuilt = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Stoa</title></head>
<body><h1>The portal has not been built</h1>
<p>Run <code>npm start</code> (it builds the portal), or <code>npm run dev</code> while developing. The APIs work: see <a href="/docs">/docs</a>.</p>
</body></html>
`;

/**
 * The portal's files, below /portal only. Any address there that is no file is the page itself, which
 * finds its way by the address. Nothing that people uploaded is ever served here.
 * @param folder the built portal
 */
export function webRoutes(platform: Platform, folder: string = builtPortal): FastifyPluginAsync {
  return async (app) => {
    const config = { policy };
    app.get("/", { config, schema: schema("To the portal") }, async (_request, reply) =>
      reply.redirect("/portal", 302),
    );
    // The root only has to exist; each answer names its own, which may be built later.
    await app.register(fastifyStatic, {
      root: import.meta.dirname,
      serve: false,
      cacheControl: false,
      index: false,
      preCompressed: true,
    });
    addAssets(app, folder);
    addAwayWorker(app, folder);
    const servePage = createPage(platform, folder);
    app.get("/portal", { config, schema: schema("The portal") }, servePage);
    app.get("/portal/*", { config, schema: schema("The portal") }, servePage);
  };
}

/** Their names carry a hash of what is in them: they never change. */
function addAssets(app: FastifyInstance, folder: string): void {
  app.get<{ Params: { "*": string } }>(
    "/portal/assets/*",
    { config: { policy }, schema: schema("The portal's scripts, styles and fonts") },
    async (request, reply) => {
      reply.header("cache-control", "public, max-age=31536000, immutable");
      return await reply.sendFile(request.params["*"], path.join(folder, "assets"));
    },
  );
}

/** What answers in the browser while we can't. It asks us for pages, and is as new as we are whenever it is looked for. */
function addAwayWorker(app: FastifyInstance, folder: string): void {
  app.get(
    "/portal/away-worker.js",
    { config: { policy }, schema: schema("The portal's page for a server that is away") },
    async (_request, reply) => {
      reply.header("cache-control", "no-cache");
      reply.header("service-worker-allowed", "/portal");
      reply.header("content-security-policy", "default-src 'none'; connect-src 'self'; frame-ancestors 'none'");
      return await reply.sendFile("away-worker.js", folder);
    },
  );
}

type PageHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

function createPage({ addresses, config }: Platform, folder: string): PageHandler {
  const read = createReader(path.join(folder, "index.html"));

  return async (request, reply) => {
    const asked = (request.params as { "*"?: string })["*"] ?? "";
    if (/\.\w+$/.test(asked))
      return await reply.header("cache-control", "public, max-age=3600").sendFile(asked, folder);
    const html = await read();
    const nonce = newNonce();
    return await reply
      .type("text/html; charset=utf-8")
      .header("cache-control", "no-store")
      .header("vary", "accept-language")
      .header(
        "content-security-policy",
        pagePolicy(nonce, sessionFrames(config.sessionDomain, addresses.sessionOrigin(1))),
      )
      .send((html === null ? notBuilt : inLanguage(html, request.locale)).replaceAll(noncePlaceholder, nonce));
  };
}

/** The page as it is before its script runs, and what the script begins with where nobody has chosen a language. */
function inLanguage(html: string, locale: Locale): string {
  return html.replace('<html lang="en" dir="ltr">', `<html lang="${locale}" dir="${locale === "fa" ? "rtl" : "ltr"}">`);
}

/** The file's text, kept until the file is another one: it may be built anew while we run. Null: there is none. */
function createReader(file: string): () => Promise<string | null> {
  let kept: { mark: string; text: string } | undefined;
  return async () => {
    try {
      const { mtimeMs, ino, size } = await stat(file);
      const mark = `${mtimeMs} ${ino} ${size}`;
      if (kept?.mark !== mark) kept = { mark, text: await readFile(file, "utf8") };
      return kept.text;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  };
}

/** Sessions may be shown inside the portal: any of their origins, and nothing else. */
function sessionFrames(domain: string | null, example: string | null): string[] {
  if (domain === null || example === null) return [];
  const { protocol, port } = new URL(example);
  return [`${protocol}//*.${domain}${port === "" ? "" : `:${port}`}`];
}
