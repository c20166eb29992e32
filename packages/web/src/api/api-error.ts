/** Why a call did not succeed, in one shape whatever API answered. `message` is for people, in their language. */
export class ApiError extends Error {
  /** HTTP status; 0: no answer came. */
  readonly status: number;
  /** The catalogue's code where the answer names one (`csrf`, `not_found`…), else made from the status. */
  readonly code: string;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  /** What is wrong with which field of the body, where the answer says it. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(fields: {
    status: number;
    code: string;
    message: string;
    requestId?: string | null;
    details?: Readonly<Record<string, unknown>>;
    fields?: Readonly<Record<string, string>>;
  }) {
    super(fields.message);
    this.name = "ApiError";
    this.status = fields.status;
    this.code = fields.code;
    this.requestId = fields.requestId ?? null;
    this.details = fields.details ?? {};
    this.fields = fields.fields ?? {};
  }

  /** Worth another try by itself: nothing came back, or the server says "not now". */
  get transient(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

const codesByStatus: Readonly<Record<number, string>> = {
  0: "network",
  400: "invalid",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  413: "too_large",
  422: "unprocessable",
  429: "rate_limited",
  503: "unavailable",
  507: "disk_full",
};

/**
 * Reads the error shapes of the APIs that the portal calls: problem details (our own), contract 3's
 * `{success:false, message}` and contract 2's `{detail}`. A body that is none of these (a proxy's page) gives the
 * status alone.
 * @param body the parsed JSON, or undefined when it was none
 */
export function errorFrom(status: number, body: unknown, requestIdHeader: string | null): ApiError {
  const fields = isRecord(body) ? body : {};
  const message = text(fields.detail) ?? text(fields.message) ?? text(fields.title) ?? `HTTP ${status}`;
  return new ApiError({
    status,
    code: text(fields.code) ?? codeOfWords(message) ?? codesByStatus[status] ?? (status >= 500 ? "defect" : "invalid"),
    message,
    requestId: text(fields.request_id) ?? requestIdHeader,
    details: isRecord(fields.details) ? fields.details : {},
    fields: fieldMessages(fields.errors),
  });
}

/** Of refusals that concern the whole account, in contracts whose answers name no code: by how they begin. */
const accountWords: readonly (readonly [string, string])[] = [
  ["This account is being deleted.", "deletion_pending"],
  ["این حساب در حال حذف است.", "deletion_pending"],
  ["Verify your e-mail address first:", "email_unverified"],
];

function codeOfWords(message: string): string | undefined {
  return accountWords.find(([beginning]) => message.startsWith(beginning))?.[1];
}

/** Whatever a query or mutation threw, as an ApiError; a defect of ours keeps its message. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiError({ status: 0, code: "defect", message });
}

/** `[{field, message}]` by field; the first message of each. */
function fieldMessages(errors: unknown): Record<string, string> {
  const messages: Record<string, string> = {};
  for (const one of Array.isArray(errors) ? errors : []) {
    if (isRecord(one) && typeof one.field === "string" && typeof one.message === "string") {
      messages[one.field] ??= one.message;
    }
  }
  return messages;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
