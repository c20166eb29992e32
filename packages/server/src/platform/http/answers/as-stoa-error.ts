import { isConnectionLoss } from "../../database/connection-loss.ts";
import type { ErrorCode } from "../../errors/catalogue.ts";
import { StoaError } from "../../errors/stoa-error.ts";

/** What Fastify and its plugins raise, by code. Details are added by the caller that knows the request. */
const byFastifyCode: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "too_large",
  FST_REQ_FILE_TOO_LARGE: "too_large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type",
  FST_INVALID_MULTIPART_CONTENT_TYPE: "unsupported_media_type",
  FST_ERR_HANDLER_TIMEOUT: "unavailable",
};

/** PostgreSQL's refusals of a value that passed the schema: NUL in a text, a number beyond the column. */
const badValueCodes = new Set(["22021", "22P05", "22003", "22P02"]);
const diskFullCodes = new Set(["ENOSPC", "EDQUOT", "53100"]);

/** Details that only the request knows, for the messages that name them. */
export interface RequestFacts {
  readonly contentType: string;
  readonly bodyLimit: number;
}

/** Everything thrown becomes one of the catalogue: what is not known is a defect, kept as the cause. */
export function asStoaError(error: unknown, facts: RequestFacts): StoaError {
  if (isConnectionLoss(error)) return new StoaError("unavailable", { details: { what: "The database" }, cause: error });
  if (error instanceof StoaError) return error;
  const code = textOf(error, "code");
  const known = byFastifyCode[code];
  if (known !== undefined) {
    return new StoaError(known, {
      details: { limit: facts.bodyLimit, type: facts.contentType, what: "The server" },
      cause: error,
    });
  }
  if (diskFullCodes.has(code)) return new StoaError("disk_full", { details: { what: "this" }, cause: error });
  if (badValueCodes.has(code)) return invalid("a value has characters or a size that cannot be stored", error);
  return isRequestError(error) ? invalid(requestProblem(error), error) : new StoaError("defect", { cause: error });
}

function invalid(problem: string, cause: unknown): StoaError {
  return new StoaError("invalid", { details: { problem }, cause });
}

/** A plugin's complaint about the request: it says so by a 4xx status. */
function isRequestError(error: unknown): error is Error {
  if (!(error instanceof Error) || !("statusCode" in error)) return false;
  return typeof error.statusCode === "number" && error.statusCode >= 400 && error.statusCode < 500;
}

function requestProblem(error: Error): string {
  return error.message.replace(/\.$/, "").slice(0, 200);
}

function textOf(error: unknown, property: string): string {
  return typeof error === "object" && error !== null ? String(Reflect.get(error, property) ?? "") : "";
}
