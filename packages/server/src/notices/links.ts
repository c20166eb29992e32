import { isForAdmins, isKind, type NoticeSubject } from "./kinds.ts";
import type { NoticeRow } from "./tables.ts";

/** The portal's page of each thing, below `/portal`. */
const pages: Readonly<Record<NoticeSubject, (id: string) => string>> = {
  share: () => "/workspaces",
  workspace: (id) => `/workspaces/${id}`,
  session: (id) => `/sessions/${id}`,
  shared_session: (id) => `/shared-sessions/${id}`,
  operation: () => "/activity/operations",
  token: () => "/account/tokens",
  sign_in: () => "/account/security",
  account: () => "/account",
  mail: () => "/mails",
  resource: () => "/system/resources",
  audit: () => "/audit",
  storage: () => "/storage",
  webhook: (id) => `/account/webhooks/${id}`,
  hub_server: () => "/jupyter",
};

/** Where a notice leads in the portal: a path below `/portal`. */
export function linkOf(notice: Pick<NoticeRow, "kind" | "subject_kind" | "subject_id">): string {
  const { kind, subject_kind: subject, subject_id: id } = notice;
  // Everybody's operations have a page of their own.
  if (subject === "operation" && isKind(kind) && isForAdmins(kind)) return `/operations?id=${encodeURIComponent(id)}`;
  return Object.hasOwn(pages, subject) ? pages[subject as NoticeSubject](encodeURIComponent(id)) : "/notices";
}
