import { Link } from "@tanstack/react-router";
import type { Session } from "../api/types.ts";
import { useIsOwn } from "./use-is-own.ts";

/** Where it runs; a link for whose it is: nobody else gets in. */
export function WorkspaceOf({ session }: { session: Session }) {
  const name = <bdi>{session.workspace.name}</bdi>;
  if (!useIsOwn(session)) return name;
  return (
    <Link to="/workspaces/$workspaceId" params={{ workspaceId: String(session.workspace.id) }}>
      {name}
    </Link>
  );
}
