import type { AccountPart } from "./accounts/accounts.ts";

/** What somebody has in their workspaces' folder, by what each domain counts of theirs. */
export function belongingsOf(workspaces: AccountPart, sessions: AccountPart) {
  return async (accountId: number) => {
    const [files, jobs] = await Promise.all([workspaces.owned(accountId), sessions.owned(accountId)]);
    return { workspaces: files.workspaces ?? 0, inTrash: files.in_trash ?? 0, sessions: jobs.running ?? 0 };
  };
}
