import type { RoutePolicy } from "../platform/http/route-policy.ts";

const read = { scope: "people:read", admin: true } as const;
/** What stands above everybody's pages, or stops everybody's work, is no program's to write. */
const write = { scope: "people:write", admin: true, signIn: true } as const;

/** Administrators announce; everybody reads what is for them. */
export const policies = {
  current: {
    dialect: "stoa",
    access: { public: "The page of signing in shows what is public; whoever is signed in sees what is for them." },
  },
  list: { dialect: "stoa", access: read },
  create: { dialect: "stoa", access: write, audit: "announcement.create" },
  update: { dialect: "stoa", access: write, audit: "announcement.update" },
  end: { dialect: "stoa", access: write, audit: "announcement.end" },
  delete: { dialect: "stoa", access: write, audit: "announcement.delete" },
  restore: { dialect: "stoa", access: write, audit: "announcement.restore" },
  dismiss: {
    dialect: "stoa",
    access: { scope: "account:write" },
    auditExempt: "It hides a line from one's own pages.",
    openInMaintenance: true,
  },
  readMaintenance: { dialect: "stoa", access: read },
  plan: { dialect: "stoa", access: write, audit: "maintenance.plan" },
  endMaintenance: { dialect: "stoa", access: write, audit: "maintenance.end" },
} as const satisfies Record<string, RoutePolicy>;
