import type { RoutePolicy } from "../platform/http/route-policy.ts";

const read = { scope: "activity:read" } as const;
const readAll = { scope: "activity:read", admin: true } as const;

/**
 * Everybody reads their own, administrators everybody's; a token writes for its owner only. What somebody acting for
 * a person does is no execution of theirs.
 */
export const policies = {
  report: {
    dialect: "portal",
    access: { scope: "activity:write" },
    closedWhileActing: true,
    auditExempt: "It is a log by itself, of what its own person says they ran; nothing else is changed.",
  },
  contractRead: { dialect: "portal", access: read },
  contractReadAll: { dialect: "portal", access: readAll },
  read: { dialect: "stoa", access: read },
  readAll: { dialect: "stoa", access: readAll },
  /** Who looks through others' code is known afterwards. */
  searchAll: { dialect: "stoa", access: readAll, audit: "activity.search" },
  /** A token that has leaked must not take away what it was used for. */
  erase: {
    dialect: "stoa",
    access: { scope: "activity:write", signIn: true },
    audit: "activity.erase",
    closedWhileActing: true,
  },
} as const satisfies Readonly<Record<string, RoutePolicy>>;
