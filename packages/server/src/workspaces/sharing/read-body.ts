import { StoaError } from "../../platform/errors/stoa-error.ts";
import { refused } from "../contract/messages.ts";
import { parseId } from "../workspace-id.ts";
import { refusals } from "./messages.ts";

export interface ShareRequest {
  /** Null: what was given names no workspace. */
  readonly originalId: number | null;
  /** As it stood in the request. */
  readonly shownId: string;
  /** Not looked at yet. */
  readonly userIds: readonly unknown[];
}

/** Reads the body of `POST /shared_workspaces/`. @throws StoaError with the contract's words */
export function readShare(body: unknown): ShareRequest {
  if (body === undefined || body === null) {
    throw new StoaError("malformed_json", { details: { reason: "the body is empty" } });
  }
  const { original_workspace_id: original, shared_user_ids: userIds } = fieldsOf(body);
  if (isMissing(original) || isMissing(userIds)) throw refused(refusals.missingFields);
  if (!Array.isArray(userIds)) throw refused(refusals.idsNotList);
  if (userIds.length === 0) throw refused(refusals.missingFields);
  const shownId = typeof original === "string" ? original : JSON.stringify(original);
  return { originalId: parseId(shownId), shownId: shownId.slice(0, 100), userIds };
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw refused(refusals.missingFields);
  return body as Readonly<Record<string, unknown>>;
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** A filter as programs write it. Undefined: none; null: no share is like that. */
export function readAccepted(value: string | string[] | undefined): boolean | null | undefined {
  const text = Array.isArray(value) ? value.at(-1) : value;
  if (text === undefined) return undefined;
  if (/^(true|t|1)$/i.test(text)) return true;
  return /^(false|f|0)$/i.test(text) ? false : null;
}
