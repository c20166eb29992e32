import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Caller, WorkspaceContext } from "../context.ts";
import { readLinks } from "../contract/read-links.ts";
import { noWorkspace } from "../trash/trash-file.ts";
import { updateWorkspace } from "../update-workspace.ts";

/**
 * Puts a link to a group's shared folder into a workspace of somebody in that group. Once they are not, it leads
 * nowhere they may go.
 * @param name of the link; null: as the folder is called
 * @returns the link's name
 * @throws StoaError not_found (workspace; no group of theirs, or one without a folder), invalid (a folder in its place)
 */
export async function linkGroup(
  context: WorkspaceContext,
  caller: Caller,
  workspace: number,
  { groupId, name }: { readonly groupId: number; readonly name: string | null },
): Promise<string> {
  const folder = await context.homes.shareFolder(caller.accountId, groupId);
  if (folder === null) throw new StoaError("not_found", { details: { what: "shared folder of a group of yours" } });
  const [link] = readLinks([{ name: name ?? folder.name, source_path: folder.path }]);
  if (link === undefined) throw new Error("one link was asked for");
  // Where it leads is the server's matter: the workspace tells of the group.
  const links = [{ ...link, details: { name: link.name, group_id: groupId } }];
  if (!(await updateWorkspace(context, caller, workspace, { files: [], links }))) throw noWorkspace();
  return link.parts.join("/");
}
