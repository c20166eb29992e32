import type { RoutePolicy } from "../../platform/http/route-policy.ts";

const read = { scope: "workspaces:read" } as const;
const write = { scope: "workspaces:write" } as const;

/**
 * Who may call what. Beyond the scope, every query is by sender or receiver: nobody else learns of a share. What is
 * offered or taken outlives an acting administrator, so it waits for the person; whatever ends a share does not.
 */
export const policies = {
  list: { dialect: "workspaces", access: read },
  create: { dialect: "workspaces", access: write, audit: "share.create", closedWhileActing: true },
  accept: { dialect: "workspaces", access: write, audit: "share.accept", closedWhileActing: true },
  unknownPut: { dialect: "workspaces", access: write, auditExempt: "Always refused; nothing is changed." },
  delete: { dialect: "workspaces", access: write, audit: "share.delete" },
  ownRead: { dialect: "stoa", access: read },
  ownCreate: { dialect: "stoa", access: write, audit: "share.create", closedWhileActing: true },
  ownAccept: { dialect: "stoa", access: write, audit: "share.accept", closedWhileActing: true },
  ownEnd: { dialect: "stoa", access: write, audit: "share.delete" },
} as const satisfies Record<string, RoutePolicy>;
