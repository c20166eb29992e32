import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { sessionQuery } from "../api/auth.ts";

/** Which kind of thing a detail names, by its own name. */
const named: Readonly<Record<string, string>> = {
  workspace_id: "workspace",
  session_id: "session",
  job_id: "session",
  group_id: "group",
  operation_id: "operation",
  account_id: "account",
  owner_id: "account",
  person_id: "account",
  viewer_id: "account",
  sender_id: "account",
  receiver_id: "account",
};

/** The kind of thing that this detail is the id of; null for every other. */
export function thingNamed(detail: string, value: unknown): { kind: string; id: string } | null {
  const kind = named[detail];
  const isId = (typeof value === "number" && Number.isSafeInteger(value)) || typeof value === "string";
  return kind !== undefined && isId && isPath(String(value)) ? { kind, id: String(value) } : null;
}

const isPath = (id: string) => /^[\w-]+$/.test(id);

interface ThingLinkProps {
  readonly kind: string;
  readonly id: string;
  /** Whose it is, where that is known. A workspace is opened by its owner alone: others are led to that person. */
  readonly ownerId?: number | null;
  readonly children: ReactNode;
}

/** The way to a thing's page where it has one; otherwise what it is called alone. */
export function ThingLink({ kind, id, ownerId = null, children }: ThingLinkProps) {
  const { data: known } = useQuery(sessionQuery);
  if (!isPath(id)) return children;
  switch (kind) {
    case "session":
    case "job":
      return (
        <Link to="/sessions/$sessionId" params={{ sessionId: id }} search={{ from: "all" }}>
          {children}
        </Link>
      );
    case "workspace":
      if (ownerId === null) return children;
      if (ownerId === known?.account?.id) {
        return (
          <Link to="/workspaces/$workspaceId" params={{ workspaceId: id }}>
            {children}
          </Link>
        );
      }
      return (
        <Link to="/people/$personId" params={{ personId: String(ownerId) }} hash="workspaces">
          {children}
        </Link>
      );
    case "account":
      return (
        <Link to="/people/$personId" params={{ personId: id }}>
          {children}
        </Link>
      );
    case "group":
      return (
        <Link to="/groups/$groupId" params={{ groupId: id }}>
          {children}
        </Link>
      );
    case "operation":
      return (
        <Link to="/operations" search={{ id }}>
          {children}
        </Link>
      );
    default:
      return children;
  }
}
