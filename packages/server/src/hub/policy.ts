import type { RoutePolicy } from "../platform/http/route-policy.ts";

const read = { scope: "sessions:read" } as const;
const write = { scope: "sessions:write" } as const;
const admin = { scope: "people:read", admin: true } as const;
const adminWrite = { scope: "people:write", admin: true } as const;

/** Who may call what: of one's own servers everybody, of everybody's administrators. */
export const policies = {
  dashboard: { dialect: "portal", access: { scope: "account:read" } },
  contractLaunch: {
    dialect: "portal",
    access: write,
    audit: "hub.launch",
    auditOr: "hub.token.create",
    closedWhileActing: true,
  },
  readOwn: { dialect: "stoa", access: read },
  launch: { dialect: "stoa", access: write, audit: "hub.launch" },
  open: { dialect: "stoa", access: write, audit: "hub.token.create", closedWhileActing: true },
  stop: { dialect: "stoa", access: write, audit: "hub.stop" },
  keep: { dialect: "stoa", access: write, audit: "hub.keep" },
  revokeToken: { dialect: "stoa", access: write, audit: "hub.token.revoke" },
  readAll: { dialect: "stoa", access: admin },
  stopAny: { dialect: "stoa", access: adminWrite, audit: "hub.stop" },
  openAny: { dialect: "stoa", access: { ...adminWrite, signIn: true }, audit: "hub.open_as" },
  /** Never by a token: whoever found it could take over a hub user. */
  link: { dialect: "stoa", access: { ...adminWrite, signIn: true }, audit: "hub.link" },
  unlink: { dialect: "stoa", access: { ...adminWrite, signIn: true }, audit: "hub.unlink" },
  linkMany: { dialect: "stoa", access: { ...adminWrite, signIn: true }, audit: "operation.enqueue" },
} as const satisfies Record<string, RoutePolicy>;
