import type { RoutePolicy } from "../platform/http/route-policy.ts";

const dialect = "stoa";
const read = { scope: "webhooks" } as const;
/** Where somebody's events go is for themselves to say: a token that has leaked must not be able to. */
const write = { scope: "webhooks", signIn: true } as const;
const adminRead = { scope: "people:read", admin: true } as const;
const adminWrite = { scope: "people:write", admin: true, signIn: true } as const;
/** An endpoint would go on when the acting is over. */
const closedWhileActing = true;

/** Everybody has their own webhooks; administrators see everybody's, and stop them. */
export const policies = {
  read: { dialect, access: read },
  create: { dialect, access: write, closedWhileActing, audit: "webhook.create" },
  update: { dialect, access: write, closedWhileActing, audit: "webhook.update" },
  delete: { dialect, access: write, closedWhileActing, audit: "webhook.delete" },
  rotate: { dialect, access: write, closedWhileActing, audit: "webhook.rotate-secret" },
  ping: { dialect, access: read, closedWhileActing, audit: "webhook.ping" },
  replay: { dialect, access: read, closedWhileActing, audit: "webhook.replay" },
  adminRead: { dialect, access: adminRead },
  adminUpdate: { dialect, access: adminWrite, audit: "webhook.update" },
  adminDelete: { dialect, access: adminWrite, audit: "webhook.delete" },
  adminPing: { dialect, access: adminWrite, audit: "webhook.ping" },
  adminReplay: { dialect, access: adminWrite, audit: "webhook.replay" },
} as const satisfies Readonly<Record<string, RoutePolicy>>;
