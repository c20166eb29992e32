import type { QueryClient } from "@tanstack/react-query";
import { asApiError } from "../api/api-error.ts";
import { type ResourceOptions, startSession } from "../api/sessions.ts";
import type { Session } from "../api/types.ts";

interface Started {
  readonly session: Session;
  /** Where it should have started, and could not; null: it is where the one before it was. */
  readonly gone: string | null;
}

/**
 * One more of a session's type in its workspace, in its folder; at the workspace's root where that is no folder any
 * more.
 * @throws ApiError
 */
export async function startAgain({ workspace, job_type, folder }: Session, options: ResourceOptions): Promise<Started> {
  try {
    return { session: await startSession(workspace.id, job_type, options, folder), gone: null };
  } catch (error) {
    // Whatever else it was refused for it is refused for again.
    if (folder === null || ![404, 409].includes(asApiError(error).status)) throw error;
    return { session: await startSession(workspace.id, job_type, options), gone: folder };
  }
}

const keyOf = (sessionId: number) => ["folder-gone", sessionId] as const;

/** For the new session's page, which says so. */
export function noteGone(client: QueryClient, { session, gone }: Started): void {
  if (gone !== null) client.setQueryData(keyOf(session.id), gone);
}

/** The folder that a session should have started in, as long as this tab knows; null: it is where it should be. */
export const folderGoneOf = (client: QueryClient, sessionId: number): string | null =>
  client.getQueryData<string>(keyOf(sessionId)) ?? null;
