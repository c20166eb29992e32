import type { FastifyInstance, FastifyPluginAsync, FastifyRequest, FastifySchemaCompiler } from "fastify";
import secureJson from "secure-json-parse";
import { readJsonBody } from "../../platform/http/json-body.ts";
import { callerOf, parseId, type SessionsContext } from "../context.ts";
import { idempotencyKey } from "../idempotency-key.ts";
import { policies } from "../policies.ts";
import { NotInstalled } from "../preflight/start-checks.ts";
import { findJob, jobsOf } from "../queries.ts";
import { startSession } from "../start-session.ts";
import { stopSession } from "../stop-session.ts";
import type { JobRow } from "../tables.ts";
import { readFilter } from "./job-filter.ts";
import { startRefusals, stopRefusals, words } from "./messages.ts";
import type { Presenter } from "./present.ts";
import { readStart } from "./read-start.ts";
import * as schema from "./schema.ts";

type WithId = { Params: { id: string } };

const tags = ["sessions"];
/** The contract has words of its own for what is wrong: its schemas describe, its services check. */
const unchecked: FastifySchemaCompiler<unknown> = () => (value: unknown) => ({ value });

/** Contract 3's calls on `/jobs/`, the start of a session, and what can be started. */
export function contractRoutes(context: SessionsContext, present: Presenter): FastifyPluginAsync {
  return async (app) => {
    app.setValidatorCompiler(unchecked);
    // Its clients often send no content type, and mean JSON.
    app.addContentTypeParser("*", { parseAs: "buffer" }, async (_request: unknown, body: Buffer) =>
      readJsonBody(body, (text): unknown =>
        secureJson.parse(text, { protoAction: "error", constructorAction: "error" }),
      ),
    );
    catalogue(app, context);
    starting(app, context, present);
    reading(app, context, present);
    stopping(app, context);
  };
}

function catalogue(app: FastifyInstance, context: SessionsContext): void {
  app.get(
    "/job_types",
    {
      config: { policy: policies.catalogue },
      schema: {
        tags,
        summary: "List what can be started",
        description: "By id.",
        response: { 200: schema.JobTypeList },
      },
    },
    async () => {
      const types = [...context.jobTypes.values()].map(({ id, name }) => [id, { id, name }] as const);
      return { message: words.successful, success: true, data: { job_types: Object.fromEntries(types) } };
    },
  );
  app.get(
    "/parameters",
    {
      config: { policy: policies.catalogue },
      schema: {
        tags,
        summary: "List the resource options",
        description: "What `resource_options` may hold, with defaults and limits.",
        response: { 200: schema.ParameterList },
      },
    },
    async () => ({ message: words.successful, success: true, data: { parameters: context.parameters } }),
  );
}

function starting(app: FastifyInstance, context: SessionsContext, present: Presenter): void {
  app.put<WithId>(
    "/workspaces/:id/start",
    {
      config: { policy: policies.start },
      schema: {
        tags,
        summary: "Start a session in a workspace",
        description: "It starts in the background. With an Idempotency-Key a repeated request starts one only.",
        params: schema.Address,
        body: schema.Start,
        response: { 200: schema.OneStartedJob },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const id = parseId(request.params.id);
      if (id === null) throw startRefusals.workspaceNotFound(request.params.id);
      const job = await startHere(context, caller, id, readStart(request.body, idempotencyKey(request)));
      return { message: words.started, success: true, data: { job: await present.started(job, caller.principal) } };
    },
  );
}

/** What is not installed the contract has one sentence for; the reason is the administrator's to read. */
async function startHere(...[context, caller, id, start]: Parameters<typeof startSession>): Promise<JobRow> {
  try {
    return await startSession(context, caller, id, start);
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    context.platform.log.warn({ reason: error.message, workspaceId: id }, "sessions: a job type can't be started here");
    throw startRefusals.improperlyConfigured();
  }
}

function reading(app: FastifyInstance, context: SessionsContext, present: Presenter): void {
  const listing = async (request: FastifyRequest, rows: readonly JobRow[]) => {
    const { principal } = callerOf(request);
    const jobs = await Promise.all(rows.map((row) => present.job(row, principal)));
    return { message: rows.length === 0 ? words.noneFound : words.successful, success: true, data: { jobs } };
  };
  app.get<{ Querystring: Readonly<Record<string, string | string[]>> }>(
    "/jobs",
    {
      config: { policy: policies.list },
      schema: {
        tags,
        summary: "List your sessions",
        description: "All of them, or those that match the filters exactly. Always 200.",
        querystring: schema.JobFilters,
        response: { 200: schema.JobList },
      },
    },
    async (request) => {
      const filter = readFilter(request.query);
      return listing(request, filter === null ? [] : await jobsOf(context.db, callerOf(request).accountId, filter));
    },
  );
  app.get<WithId>(
    "/jobs/:id",
    {
      config: { policy: policies.list },
      schema: {
        tags,
        summary: "Read one session",
        description: "A list of one, or an empty one for what is not yours. Always 200.",
        params: schema.Address,
        response: { 200: schema.JobList },
      },
    },
    async (request) => {
      const id = parseId(request.params.id);
      const row = id === null ? null : await findJob(context.db, id);
      return listing(request, row !== null && row.owner_id === callerOf(request).accountId ? [row] : []);
    },
  );
}

function stopping(app: FastifyInstance, context: SessionsContext): void {
  app.put<WithId>(
    "/jobs/:id/stop",
    {
      config: { policy: policies.stop },
      schema: {
        tags,
        summary: "Stop a session",
        description: "With everything it started, in the background.",
        params: schema.Address,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const id = parseId(request.params.id);
      if (id === null) throw stopRefusals.notFound(request.params.id);
      const outcome = await stopSession(context, callerOf(request), id, (who, job) => job.owner_id === who.accountId);
      return { message: outcome === "queued" ? words.queuedToStop : words.stopped, success: true };
    },
  );
  app.put<WithId>(
    "/jobs/:id/:other",
    {
      config: { policy: policies.unknownPut },
      schema: {
        tags,
        summary: "Refuse an unknown kind of change",
        description: "Only stop is known.",
        params: schema.PutAddress,
        response: { 400: schema.Refusal },
      },
    },
    async (request) => {
      const id = parseId(request.params.id);
      const job = id === null ? null : await findJob(context.db, id);
      if (job === null || job.owner_id !== callerOf(request).accountId) throw stopRefusals.notFound(request.params.id);
      throw stopRefusals.invalidPutType();
    },
  );
}
