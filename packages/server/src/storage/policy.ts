import type { RoutePolicy } from "../platform/http/route-policy.ts";

const service = { scope: "storage" } as const;
const admin = { scope: "storage", admin: true } as const;
const own = { scope: "workspaces:read" } as const;
const ownWrite = { scope: "workspaces:write" } as const;

/**
 * Who may call what: contract 1 its key and administrators' tokens with the scope `storage`, our own API
 * administrators; of one's own storage everybody may know, and get out of being full.
 */
export const policies = {
  contractRead: { dialect: "storage", access: service },
  contractSet: { dialect: "storage", access: service, audit: "storage.create" },
  contractDelete: { dialect: "storage", access: service, audit: "storage.delete" },
  read: { dialect: "stoa", access: admin },
  create: { dialect: "stoa", access: admin, audit: "storage.create" },
  setQuota: { dialect: "stoa", access: admin, audit: "storage.quota.set" },
  link: { dialect: "stoa", access: admin, audit: "storage.link" },
  delete: { dialect: "stoa", access: admin, audit: "storage.delete" },
  restore: { dialect: "stoa", access: admin, audit: "storage.restore" },
  purge: { dialect: "stoa", access: admin, audit: "storage.purge" },
  moveIn: { dialect: "stoa", access: admin, audit: "storage.move_in" },
  lookAtMoves: { dialect: "stoa", access: admin, auditExempt: "Looks what could be moved; nothing is changed." },
  purgeAside: { dialect: "stoa", access: admin, audit: "storage.aside.purge" },
  recount: { dialect: "stoa", access: admin, auditExempt: "Asks for figures to be counted anew; nothing is changed." },
  readOwn: { dialect: "stoa", access: own },
  recountOwn: { dialect: "stoa", access: own, auditExempt: "Asks for one's own figure to be counted anew." },
  raiseOwn: { dialect: "stoa", access: ownWrite, audit: "storage.raise" },
  largestOwn: { dialect: "stoa", access: own },
  eraseOwn: { dialect: "stoa", access: ownWrite, audit: "workspace.file.erase", auditOr: "storage.file.erase" },
} as const satisfies Record<string, RoutePolicy>;
