import type { WorkspaceContext } from "./context.ts";
import { refusals, refused } from "./contract/messages.ts";
import type { RequestedLink } from "./contract/read-links.ts";

/** A link that may be made: where it leads is there, below one of the roots. */
export interface FoundLink extends RequestedLink {
  /** Absolute. */
  readonly leadsTo: string;
}

/** Looks, as the person, where the links are to lead. @throws StoaError with the contract's words */
export async function findTargets(
  context: Pick<WorkspaceContext, "files">,
  ownerId: number,
  links: readonly RequestedLink[],
): Promise<FoundLink[]> {
  if (links.length === 0) return [];
  const paths = links.map(({ target }) => target);
  const found = await context.files.run(ownerId, "findLinkTargets", { paths });
  return links.map((link, index) => {
    const leadsTo = found[index] ?? null;
    if (leadsTo === null) throw refused(refusals.symlinkMissing(link.target));
    return { ...link, leadsTo };
  });
}

/** Of a name that is asked for twice, the last counts. */
export function lastOfEach<T extends { readonly parts: readonly string[] }>(list: readonly T[]): T[] {
  return [...new Map(list.map((one) => [one.parts.join("/"), one])).values()];
}
