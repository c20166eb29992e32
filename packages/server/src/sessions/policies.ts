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
  terminal: { dialect: "stoa", access: write },
} as const satisfies Record<string, RoutePolicy>;
