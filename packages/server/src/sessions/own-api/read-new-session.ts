import type { FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { checkDetailsLength } from "../contract/check-details.ts";
import { idempotencyKey } from "../idempotency-key.ts";
import { isStorable } from "../resource-options/storable.ts";
import type { StartRequest } from "../start-session.ts";
import type { NewSession } from "./schema.ts";

/**
 * Reads what a start asks for; the preflight reads the same, so that both refuse the same.
 * @throws StoaError invalid
 */
export function readNewSession(request: Pick<FastifyRequest, "headers">, body: Static<typeof NewSession>) {
  const { workspace_id: workspaceId, job_type, job_details = {}, resource_options = {}, folder = null } = body;
  if (!isStorable(job_details)) {
    throw new StoaError("invalid", {
      details: { problem: "job_details has characters that no text can have: NUL, or half of a surrogate pair" },
    });
  }
  checkDetailsLength(job_details);
  const start: StartRequest = {
    jobType: job_type === undefined || job_type === "" ? null : job_type,
    jobDetails: job_details,
    resourceOptions: resource_options,
    folder,
    idempotencyKey: idempotencyKey(request),
  };
  return { workspaceId, start };
}
