/**
 * The error catalogue: code, HTTP status and default message (what happened, to what, what to do).
 * Placeholders in braces are filled from the error's details. Persian texts of what people see are in
 * `platform/http/messages.ts`, by code.
 */
export const catalogue = {
  invalid: { status: 400, message: "The request is not valid: {problem}." },
  malformed_json: {
    status: 400,
    message: "The body is not valid JSON. Send UTF-8 JSON with Content-Type application/json.",
  },
  two_credentials: { status: 400, message: "Two credentials came in one request ({kinds}). Send one." },
  unauthenticated: { status: 401, message: "Sign in, or send a valid token." },
  wrong_credential: {
    status: 401,
    message: "This kind of credential is not good for this API. See the documentation at /docs.",
  },
  forbidden: { status: 403, message: "You may not do this: it needs {needs}." },
  csrf: {
    status: 403,
    message: "This request did not come from the portal's own pages. Reload the page and try again.",
  },
  password_change_required: {
    status: 403,
    message: "Choose a password of your own first: the one you have was made for you.",
  },
  second_factor_required: {
    status: 403,
    message: "A second factor is required here. Sign in to the portal and set one up first.",
  },
  deletion_pending: {
    status: 403,
    message: "This account is being deleted. Until then it can only be looked at, exported, or kept by cancelling.",
  },
  email_unverified: {
    status: 403,
    message:
      "Verify your e-mail address first: open the link in the mail, or have it sent again. Until then you can only look.",
  },
  acting_as: {
    status: 403,
    message:
      "You act as somebody else. Their password, tokens, sign-ins, groups, whom they share with and everything else of their account stay theirs: stop acting first.",
  },
  account_deactivated: { status: 403, message: "This account has been deactivated. Ask an administrator." },
  not_found: { status: 404, message: "There is no {what} here." },
  method_not_allowed: { status: 405, message: "{method} is not possible here. Allowed: {allowed}." },
  conflict: { status: 409, message: "{problem}." },
  idempotency_mismatch: {
    status: 422,
    message: "This Idempotency-Key was used for a different request. Use a new one.",
  },
  gone: { status: 410, message: "This {what} is no longer valid." },
  precondition_failed: { status: 412, message: "{problem}." },
  too_large: { status: 413, message: "This is larger than the limit of {limit} bytes." },
  unsupported_media_type: { status: 415, message: "The content type {type} is not accepted here." },
  unprocessable: { status: 422, message: "{problem}." },
  headers_too_large: {
    status: 431,
    message:
      "The address and headers of this request are larger than {limit} bytes. In a browser, delete this site's cookies and try again.",
  },
  host_unknown: {
    status: 421,
    message: "This server does not answer for the host {host}. Add it to STOA_PUBLIC_URL, or use the printed address.",
  },
  locked: { status: 423, message: "{problem}." },
  rate_limited: { status: 429, message: "Too many attempts. Try again in {seconds} seconds." },
  // tus.io has this number of its own for it.
  checksum_mismatch: {
    status: 460,
    message: "{what} did not arrive as it was sent. Nothing of it was kept: send it again.",
  },
  defect: { status: 500, message: "Something went wrong on our side. The operator finds it by the request id." },
  // Contract 2 has this number for whatever keeps a server from starting.
  launch_failed: { status: 500, message: "The server could not be started: {problem}." },
  upstream_failed: { status: 502, message: "{what} did not answer as it should." },
  maintenance: {
    status: 503,
    message: "Stoa is under maintenance: nothing can be changed now. What runs goes on. Try again later.",
  },
  unavailable: { status: 503, message: "{what} is not available now. Nothing was changed. Try again shortly." },
  upstream_timeout: { status: 504, message: "{what} did not answer in time." },
  disk_full: { status: 507, message: "There is no room left for {what}. Nothing was written." },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorCode = keyof typeof catalogue;
