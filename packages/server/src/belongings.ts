import type { AccountPart } from "./accounts/accounts.ts";

/** What somebody has in their workspaces' folder, by what each domain counts of theirs. */
export function belongingsOf(workspaces: AccountPart, sessions: AccountPart) {
  return async (accountId: number) => {
    const [files, jobs] = await Promise.all([workspaces.owned(accountId), sessions.owned(accountId)]);
    const { workspaces: count = 0, in_trash: inTrash = 0, bytes = 0, trash_bytes: trashBytes = 0 } = files;
    return { workspaces: count, inTrash, sessions: jobs.running ?? 0, bytes: bytes + trashBytes };
  };
}
