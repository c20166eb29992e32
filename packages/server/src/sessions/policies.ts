import type { RoutePolicy } from "../platform/http/route-policy.ts";

const read = { scope: "sessions:read" } as const;
const write = { scope: "sessions:write" } as const;

/** Who may call what. Beyond the scope, `policy.ts` decides by whose session it is. */
export const policies = {
  catalogue: { dialect: "workspaces", access: { public: "What can be started is no secret, and contract 3 says so." } },
  start: { dialect: "workspaces", access: write, audit: "session.start" },
  list: { dialect: "workspaces", access: read },
  stop: { dialect: "workspaces", access: write, audit: "session.stop" },
  unknownPut: { dialect: "workspaces", access: write, auditExempt: "Always refused; nothing is changed." },
  statusSocket: { dialect: "workspaces", access: read },
  read: { dialect: "stoa", access: read },
  startOwn: { dialect: "stoa", access: write, audit: "session.start" },
  ticket: { dialect: "stoa", access: write, audit: "session.ticket" },
  stopOwn: { dialect: "stoa", access: write, audit: "session.stop" },
  preflight: {
    dialect: "stoa",
    access: write,
    auditExempt: "It starts nothing and changes nothing.",
    openInMaintenance: true,
  },
  extend: { dialect: "stoa", access: write, audit: "session.extend" },
  keep: { dialect: "stoa", access: write, audit: "session.keep" },
  /** Who was let in stays in. */
  share: { dialect: "stoa", access: write, audit: "session.share", closedWhileActing: true },
  unshare: { dialect: "stoa", access: write, audit: "session.unshare" },
  preflightOf: {
    dialect: "stoa",
    access: { scope: "people:read", admin: true },
    auditExempt: "It starts nothing and changes nothing.",
  },
  readCoreHours: { dialect: "stoa", access: read },
  readQuota: { dialect: "stoa", access: { scope: "people:read", admin: true } },
  setQuota: { dialect: "stoa", access: { scope: "people:write", admin: true }, audit: "core-hours.set" },
  removeQuota: { dialect: "stoa", access: { scope: "people:write", admin: true }, audit: "core-hours.remove" },
  readAll: { dialect: "stoa", access: { scope: "sessions:read", admin: true } },
  stopMany: { dialect: "stoa", access: { scope: "sessions:write", admin: true }, audit: "session.stop" },
  giveUp: { dialect: "stoa", access: { scope: "sessions:write", admin: true }, audit: "session.give-up" },
  retireHost: { dialect: "stoa", access: { scope: "sessions:write", admin: true }, audit: "session-host.retire" },
  terminal: { dialect: "stoa", access: write },
} as const satisfies Record<string, RoutePolicy>;
