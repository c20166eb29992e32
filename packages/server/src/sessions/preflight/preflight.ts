import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Check, holds, refuses } from "../admission/check.ts";
import type { Caller, SessionsContext, SessionWorkspace } from "../context.ts";
import { startRefusals } from "../contract/messages.ts";
import { lockLiveCount } from "../queries.ts";
import type { StartRequest } from "../start-session.ts";
import type { SessionsTrx } from "../tables.ts";
import { chosenJobType, lookAtStart } from "./start-checks.ts";

/**
 * May this start here, now? Looks at what the start itself would, and starts nothing.
 * @throws StoaError not_found for a workspace that is not the caller's
 */
export async function preflight(
  context: SessionsContext,
  caller: Caller,
  workspaceId: number,
  request: Pick<StartRequest, "jobType" | "resourceOptions">,
): Promise<readonly Check[]> {
  const groups = await context.people.groups.groupsOf(caller.accountId);
  const room = await context.roomOf(caller.accountId);
  return context.db.transaction().execute(async (trx) => {
    const live = await lockLiveCount(trx, caller.accountId);
    const { workspace, check } = await lookAtWorkspace(context, trx, caller, workspaceId);
    const { checks } = await lookAtStart(context, trx, {
      caller,
      workspaceId,
      jobType: chosenJobType(request.jobType, workspace),
      resourceOptions: request.resourceOptions,
      groups,
      room,
      live,
    });
    return [check, ...checks];
  });
}

async function lookAtWorkspace(
  context: SessionsContext,
  trx: SessionsTrx,
  caller: Caller,
  workspaceId: number,
): Promise<{ workspace: SessionWorkspace | null; check: Check }> {
  try {
    const workspace = await context.workspaces.lockForStart(trx, caller.accountId, workspaceId);
    if (workspace === null) throw startRefusals.workspaceNotFound(workspaceId);
    return { workspace, check: holds("workspace") };
  } catch (error) {
    // A share that waits for an answer is there, and says what is to be done; what isn't theirs is not.
    if (!(error instanceof StoaError) || error.code === "not_found") throw error;
    return { workspace: null, check: refuses("workspace", error) };
  }
}
