import type { RoutePolicy } from "../../platform/http/route-policy.ts";

const read = { scope: "workspaces:read" } as const;
const write = { scope: "workspaces:write" } as const;

/** Who may call what. Beyond the scope, every query is by sender or receiver: nobody else learns of a share. */
export const policies = {
  list: { dialect: "workspaces", access: read },
  create: { dialect: "workspaces", access: write, audit: "share.create" },
  accept: { dialect: "workspaces", access: write, audit: "share.accept" },
  unknownPut: { dialect: "workspaces", access: write, auditExempt: "Always refused; nothing is changed." },
  delete: { dialect: "workspaces", access: write, audit: "share.delete" },
  ownRead: { dialect: "stoa", access: read },
  ownCreate: { dialect: "stoa", access: write, audit: "share.create" },
  ownAccept: { dialect: "stoa", access: write, audit: "share.accept" },
  ownEnd: { dialect: "stoa", access: write, audit: "share.delete" },
} as const satisfies Record<string, RoutePolicy>;
