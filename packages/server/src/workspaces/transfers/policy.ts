import type { RoutePolicy } from "../../platform/http/route-policy.ts";

const read = { scope: "workspaces:read" } as const;
const write = { scope: "workspaces:write" } as const;

/** As everywhere in workspaces, every query is by owner. */
export const policies = {
  options: {
    dialect: "stoa",
    access: { public: "It says what the server can do, the same to everybody; a client asks before it has a token." },
  },
  begin: {
    dialect: "stoa",
    access: write,
    auditExempt: "Nothing is in the workspace yet: the entry comes with the last byte (workspace.upload).",
  },
  receive: { dialect: "stoa", access: write, audit: "workspace.upload" },
  end: { dialect: "stoa", access: write, auditExempt: "What is given up was never in the workspace." },
  look: { dialect: "stoa", access: read },
  batch: { dialect: "stoa", access: write, audit: "workspace.upload" },
  download: { dialect: "stoa", access: read },
  downloadByPost: {
    dialect: "stoa",
    access: read,
    auditExempt: "It reads; a POST because a long selection fits no address.",
    openInMaintenance: true,
  },
  unpack: { dialect: "stoa", access: write, audit: "workspace.archive.unpack" },
} as const satisfies Record<string, RoutePolicy>;
