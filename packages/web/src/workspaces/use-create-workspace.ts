import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { createWorkspace, type NewWorkspace } from "../api/workspaces.ts";

/** Makes a workspace and leads into it. */
export function useCreateWorkspace(onDone: () => void = () => {}) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (workspace: NewWorkspace) => createWorkspace(workspace),
    onSuccess: async (workspace) => {
      onDone();
      await client.invalidateQueries({ queryKey: ["workspaces"] });
      await navigate({ to: "/workspaces/$workspaceId", params: { workspaceId: String(workspace.id) } });
    },
  });
}
