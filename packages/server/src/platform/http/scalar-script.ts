import Fastify from "fastify";

let script: Promise<string> | undefined;

/**
 * Scalar's script, which its plugin carries inside (4 MB) and only serves. Loaded at the first visit of
 * /docs: a start must not wait for it.
 */
export function readScalar(): Promise<string> {
  script ??= load().catch((error: unknown) => {
    script = undefined;
    throw error;
  });
  return script;
}

async function load(): Promise<string> {
  const { default: scalar } = await import("@scalar/fastify-api-reference");
  const carrier = Fastify();
  await carrier.register(scalar, { routePrefix: "/docs", configuration: { url: "/openapi.json" } });
  const answer = await carrier.inject("/docs/js/scalar.js");
  await carrier.close();
  if (answer.statusCode !== 200) throw new Error(`Scalar's plugin has no script (${answer.statusCode}).`);
  return answer.body;
}
