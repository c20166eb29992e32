import { useMutation, useQueryClient } from "@tanstack/react-query";
import { markNoticesRead } from "../api/notices.ts";

/** Marks notices as read, some or all; every list and the bell follow. */
export function useMarkRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: markNoticesRead,
    onSettled: () => client.invalidateQueries({ queryKey: ["notices"] }),
  });
}
