import { call } from "./client.ts";

/** Puts a link to a group's shared folder into a workspace. @returns where it is, below the workspace's root */
export const linkGroupFolder = (workspaceId: number, groupId: number) =>
  call<{ path: string; group_id: number }>("POST", `/api/stoa/v1/workspaces/${workspaceId}/group-links`, {
    body: { group_id: groupId },
  });
