import { STATUS_CODES } from "node:http";
import type { StoaError } from "../../errors/stoa-error.ts";
import { fieldOf, InvalidInput } from "../input/invalid-input.ts";
import { type Locale, messageIn } from "../messages.ts";
import type { Dialect } from "../route-policy.ts";
import { errorPage } from "./error-page.ts";

/** What an error looks like on the wire. */
export interface RenderedError {
  readonly status: number;
  readonly contentType: string;
  readonly body: unknown;
}

/** What is known of the request that failed; a broken one may not have got far enough to know more. */
export interface ErrorContext {
  readonly dialect: Dialect;
  readonly locale: Locale;
  readonly requestId: string;
  readonly method: string;
  /** True when a browser navigates: it gets a page. */
  readonly wantsPage: boolean;
}

const json = "application/json; charset=utf-8";
const problem = "application/problem+json; charset=utf-8";

/** One place turns an error into each API's own shape. */
export function renderError(error: StoaError, context: ErrorContext): RenderedError {
  if (context.wantsPage && context.dialect === "web") return errorPage(error, context);
  return shapes[context.dialect](error, context);
}

const shapes: Readonly<Record<Dialect, (error: StoaError, context: ErrorContext) => RenderedError>> = {
  storage: (error) => answer(storageStatus(error), { detail: storageDetail(error) }),
  portal: (error, { locale }) =>
    answer(error instanceof InvalidInput ? 422 : error.status, { detail: portalText(error, locale) }),
  workspaces: (error) => answer(error.status, { success: false, message: workspacesText(error) }),
  playgrounds: (error) => answer(error.status, { message: playgroundsText(error) }),
  pools: (error) => answer(error.status, { message: error.message, detail: withoutNulls(error.details) }),
  stoa: problemDetails,
  web: problemDetails,
};

function answer(status: number, body: unknown): RenderedError {
  return { status, contentType: json, body };
}

function storageStatus(error: StoaError): number {
  return error instanceof InvalidInput || error.code === "malformed_json" ? 422 : error.status;
}

/** FastAPI's words: contract 1's callers match on them. */
function storageDetail(error: StoaError): unknown {
  if (error instanceof InvalidInput) {
    return error.issues.map((issue) => ({
      type: issue.pydantic.type,
      loc: issue.at.map((step) => (step === "querystring" ? "query" : step === "params" ? "path" : step)),
      msg: issue.pydantic.msg,
      input: issue.input ?? null,
    }));
  }
  if (error.code === "malformed_json") {
    return [
      { type: "json_invalid", loc: ["body", 0], msg: "JSON decode error", input: {}, ctx: { error: reason(error) } },
    ];
  }
  return isDefault(error, "unauthenticated", "wrong_credential") ? "Unauthorized" : error.message;
}

function portalText(error: StoaError, locale: Locale): string {
  if (!isDefault(error, "unauthenticated", "wrong_credential")) return messageIn(locale, error);
  return locale === "fa" ? "توکن منقضی شده یا نامعتبر است" : "The token has expired or is not valid";
}

function workspacesText(error: StoaError): string {
  if (error.code === "malformed_json") return `Invalid JSON: ${reason(error)}`;
  if (error.code !== "unauthenticated" || error.details.header === undefined) return error.message;
  return error.details.header === "malformed" ? "Invalid auth header format." : "Invalid token provided.";
}

function playgroundsText(error: StoaError): string {
  if (isDefault(error, "unauthenticated", "wrong_credential")) return "Please submit a valid token";
  return error.code === "method_not_allowed" ? `${error.message} Send a POST request.` : error.message;
}

function problemDetails(error: StoaError, { locale, requestId }: ErrorContext): RenderedError {
  const issues = error instanceof InvalidInput ? error.issues : [];
  return {
    status: error.status,
    contentType: problem,
    body: {
      type: `urn:stoa:error:${error.code}`,
      title: STATUS_CODES[error.status] ?? "Error",
      status: error.status,
      detail: messageIn(locale, error),
      code: error.code,
      request_id: requestId,
      details: error.details,
      ...(issues.length === 0
        ? {}
        : { errors: issues.map((issue) => ({ field: fieldOf(issue), message: issue.expected[locale] })) }),
    },
  };
}

/** The accounts domain gives exact texts of its own; the platform's refusals get the contract's. */
function isDefault(error: StoaError, ...codes: readonly string[]): boolean {
  return codes.includes(error.code) && error.byDefault;
}

function reason(error: StoaError): string {
  return String(error.details.reason ?? "not valid JSON");
}

/** Contract 5: the Python client breaks on null. */
function withoutNulls(details: object): object {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== null));
}
