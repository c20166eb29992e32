import type { RoutePolicy } from "../platform/http/route-policy.ts";

const dialect = "stoa";
/** The bell rings also for who has to put their account in order first. */
const openWhile = ["deletion", "unverified"] as const;

/** Everybody reads and marks their own notices, and nobody anybody else's, administrators included. */
export const policies = {
  read: { dialect, access: { scope: "account:read" }, openWhile },
  mark: {
    dialect,
    access: { scope: "account:write" },
    openWhile,
    auditExempt: "It notes what somebody has seen of their own notices, and changes nothing else.",
  },
  /** A token that has leaked must not keep the account's owner from hearing of anything. */
  choose: { dialect, access: { scope: "account:write", signIn: true }, audit: "notice.preferences" },
} as const satisfies Readonly<Record<string, RoutePolicy>>;
