import { useQueryClient } from "@tanstack/react-query";

const touched = ["trash", "files", "workspaces"];

/** Reads anew what a change in the trash makes old. */
export function useTrashRefresh(): () => Promise<unknown> {
  const client = useQueryClient();
  return () => Promise.all(touched.map((key) => client.invalidateQueries({ queryKey: [key] })));
}
