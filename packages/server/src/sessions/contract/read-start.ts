import { isStorable } from "../resource-options/storable.ts";
import type { StartRequest } from "../start-session.ts";
import { checkDetailsLength } from "./check-details.ts";
import { startRefusals } from "./messages.ts";

/**
 * Reads the body of a start; none is an empty one.
 * @throws StoaError in the contract's words
 */
export function readStart(body: unknown, idempotencyKey: string | null): StartRequest {
  const fields = isObject(body) ? body : {};
  const { job_type: jobType, job_details: jobDetails, resource_options: resourceOptions } = fields;
  // What PostgreSQL can't keep is no JSON to it either.
  if (isGiven(jobDetails) && !(isObject(jobDetails) && isStorable(jobDetails))) throw startRefusals.detailsNotJson();
  if (isGiven(resourceOptions) && !isObject(resourceOptions)) throw startRefusals.optionsNotJson();
  if (isGiven(jobType) && typeof jobType !== "string") throw startRefusals.unknownJobType(JSON.stringify(jobType));
  if (isObject(jobDetails)) checkDetailsLength(jobDetails);
  return {
    jobType: typeof jobType === "string" && jobType !== "" ? jobType : null,
    jobDetails: isObject(jobDetails) ? jobDetails : {},
    resourceOptions: isObject(resourceOptions) ? resourceOptions : {},
    folder: null,
    idempotencyKey,
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
