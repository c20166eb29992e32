import { expect } from "vitest";
import type { Dialect } from "../../packages/server/src/platform/http/route-policy.ts";

const codes = { 401: "unauthenticated", 403: "forbidden" } as const;
const titles = { 401: "Unauthorized", 403: "Forbidden" } as const;

/** The whole body of a refusal, as each contract has it: nothing less, and nothing more. */
export function refusalBody(dialect: Dialect, status: 401 | 403): object {
  const text = expect.any(String);
  switch (dialect) {
    case "workspaces":
      return {
        success: false,
        message: status === 401 ? expect.stringMatching(/^Invalid (token provided|auth header format)\.$/) : text,
      };
    case "portal":
      return { detail: status === 401 ? "The token has expired or is not valid" : text };
    case "storage":
      return { detail: status === 401 ? "Unauthorized" : text };
    case "playgrounds":
      return { message: status === 401 ? "Please submit a valid token" : text };
    case "pools":
      return { message: text, detail: expect.anything() };
    default:
      return {
        type: `urn:stoa:error:${codes[status]}`,
        title: titles[status],
        status,
        detail: text,
        code: codes[status],
        request_id: text,
        details: expect.any(Object),
      };
  }
}
