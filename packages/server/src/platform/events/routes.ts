import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { StoaError } from "../errors/stoa-error.ts";
import type { RoutePolicy } from "../http/route-policy.ts";
import type { Platform } from "../platform.ts";
import type { Principal } from "../principal.ts";
import { createLiveStreams, type LiveStreams } from "./live-stream.ts";
import { createSocketSink } from "./socket.ts";
import { createSseStream } from "./sse.ts";

const EventsQuery = Type.Object({
  after: Type.Optional(
    Type.String({
      maxLength: 100,
      description: "The cursor of the last event seen; `Last-Event-ID` counts before it.",
    }),
  ),
  types: Type.Optional(Type.String({ maxLength: 2_000, description: "Only these types, separated by commas." })),
});
const EventsHeaders = Type.Object({ "last-event-id": Type.Optional(Type.String({ maxLength: 100 })) });
const policy = { dialect: "stoa", access: { scope: "events:read" } } satisfies RoutePolicy;
const tags = ["events"];

/** Streams that one account may have open in one server process. */
const MOST_PER_ACCOUNT = 100;

const description = `Events about one's own things and those for everyone; administrators get all. Each event has the
name of its type and a JSON body {cursor, type, subject: {kind, id}, data, at}. The stream goes on from \`Last-Event-ID\` or
\`after\` without a gap; without either it begins now. It ends with one of the events \`reset\` (the cursor is no longer known:
read anew), \`slow\` (too much was unread), \`revoked\`, \`expired\` or \`stopping\`.`.replaceAll("\n", " ");

/** Live events, by server-sent events and by WebSocket. */
export function eventRoutes({ events, revocations }: Platform): FastifyPluginAsyncTypebox {
  return async (app) => {
    const streams = createLiveStreams(events, revocations);
    app.lifecycle.onDrain(streams.endAll);
    app.addHook("preClose", async () => streams.endAll());

    app.get(
      "/api/stoa/v1/events",
      {
        schema: {
          summary: "Live events (server-sent events)",
          description,
          tags,
          querystring: EventsQuery,
          headers: EventsHeaders,
          response: { 200: Type.Unsafe<unknown>({ type: "string", contentMediaType: "text/event-stream" }) },
        },
        config: { policy },
      },
      async (request, reply) => {
        const principal = request.principal as Principal;
        admit(streams, principal);
        const after = request.headers["last-event-id"] || request.query.after || null;
        const stream = createSseStream();
        const close = await streams.open({ principal, after, types: typesOf(request.query.types) }, stream.begin);
        stream.readable.once("close", close);
        return reply
          .header("content-type", "text/event-stream; charset=utf-8")
          .header("cache-control", "no-store")
          .header("x-accel-buffering", "no")
          .send(stream.readable);
      },
    );

    app.addUpgrade({
      path: "/api/stoa/v1/events/socket",
      policy,
      summary: "Live events (WebSocket): one JSON text frame for each; ?after= and ?types= as for the stream",
      async handler(socket, { principal, query }) {
        admit(streams, principal);
        const types = typesOf(query.get("types") ?? undefined);
        const reader = { principal, after: query.get("after") || null, types };
        const close = await streams.open(reader, (after) => createSocketSink(socket, after));
        socket.once("close", close);
        if (socket.readyState !== socket.OPEN) close();
      },
    });
  };
}

function admit(streams: LiveStreams, principal: Principal): void {
  if (streams.countOf(principal) >= MOST_PER_ACCOUNT) {
    throw new StoaError("rate_limited", {
      message: `${MOST_PER_ACCOUNT} event streams of this account are open. Close some first.`,
      details: { seconds: 60 },
    });
  }
}

function typesOf(text: string | undefined): ReadonlySet<string> | null {
  const types = (text ?? "").split(",").flatMap((type) => type.trim() || []);
  return types.length > 0 ? new Set(types) : null;
}
