import { useInfiniteQuery } from "@tanstack/react-query";
import { type AccountLink, accountLinksQuery } from "../../api/hub-admin.ts";

interface LinkOf {
  /** Undefined: not known. */
  readonly link: AccountLink | undefined;
  /** It may be known in a moment. */
  readonly isPending: boolean;
}

/** How somebody stands with the hub. Nobody is asked for without a user name. */
export function useLinkOf(username: string): LinkOf {
  const enabled = username !== "";
  // Those with a user of their own, and those without, are lists apart.
  const linked = useInfiniteQuery({ ...accountLinksQuery({ state: "ours", search: username }), enabled });
  const without = useInfiniteQuery({ ...accountLinksQuery({ search: username }), enabled });
  const link = [linked, without]
    .flatMap(({ data }) => data?.pages[0]?.items ?? [])
    .find(({ account }) => account.username.toLowerCase() === username.toLowerCase());
  return { link, isPending: link === undefined && (linked.isPending || without.isPending) };
}

/** What would be lost by another link; null: nothing. What is only wanted, or was taken, is no link. */
export const linkedTo = ({ state, name }: AccountLink): string | null =>
  state === "ours" || state === "missing" ? name : null;
