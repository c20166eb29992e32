/** How much of a kind comes by mail. */
export type MailChoice = "none" | "at_once" | "daily";

interface Kind {
  /** The names of the values that its sentence needs; `reason`, where there is one, is quoted below it. */
  readonly says: readonly string[];
  /** What a person who has chosen nothing gets by mail. */
  readonly mail: MailChoice;
  /** Without a mail server its mail is kept, for administrators to pass on. */
  readonly kept?: true;
  /** Told to administrators only, and only they choose about it. */
  readonly admin?: true;
  /** It is about the account's safety: always shown and mailed. Whoever has got into the account can't switch it off. */
  readonly safety?: true;
}

/**
 * Everything that people are told of, in the order in which they choose about it. A new kind needs its sentences in
 * `words.ts` and in the portal's catalogues (`notices.kinds`, `notices.said`); tests say what is missing.
 * By mail comes, unless chosen otherwise, what touches somebody's account or waits for their answer.
 */
export const noticeKinds = {
  /** person: who shares; name: the workspace's. */
  "share.offered": { says: ["person", "name"], mail: "at_once", kept: true },
  "share.accepted": { says: ["person", "name"], mail: "none" },
  "share.declined": { says: ["person", "name", "reason"], mail: "none" },
  /** To the sender: person is the receiver. */
  "share.failed": { says: ["person", "name", "reason"], mail: "at_once" },
  /** name: the workspace that it runs in. */
  "session.shared": { says: ["person", "name"], mail: "none" },
  "session.unshared": { says: ["person", "name"], mail: "none" },
  "session.failed": { says: ["name"], mail: "none" },
  /** By somebody who is not its owner. */
  "session.stopped": { says: ["person", "name"], mail: "at_once" },
  /** at: when it will be stopped, unless somebody uses it. */
  "session.idle": { says: ["name", "at"], mail: "none" },
  /** Stopped without anybody asking. why: `idle`, or `time` where its time limit was over. */
  "session.ended": { says: ["name", "why"], mail: "none" },
  /** why: `named`, a server at JupyterHub of that name, or `only`, null; at: when it will be stopped, unless it is used. */
  "hub.idle": { says: ["name", "at", "why"], mail: "none" },
  /** By an administrator. why: `named`, a server at JupyterHub of that name, or `only`, null. */
  "hub.stopped": { says: ["person", "name", "why", "reason"], mail: "at_once" },
  /** An administrator went into it. */
  "hub.opened": { says: ["person", "name", "why", "reason"], mail: "at_once", safety: true },
  /** operation: its kind, as `workspace.copy`. */
  "operation.failed": { says: ["operation"], mail: "none" },
  /** percent: 80 or 90, which was passed just now; used and allowed in bytes. */
  "storage.filling": { says: ["percent", "used", "allowed"], mail: "none" },
  /** All of it is used, or more. */
  "storage.full": { says: ["used", "allowed"], mail: "at_once" },
  /** It was switched off. why: `gone` (it wants nothing more), or `failing`. */
  "webhook.disabled": { says: ["name", "why"], mail: "at_once" },
  /** Events are left out: so many deliveries wait. */
  "webhook.full": { says: ["name", "waiting"], mail: "at_once" },
  "token.expiring": { says: ["name", "at"], mail: "at_once" },
  /** agent: browser and system, as the browser says itself; null: it says nothing. */
  "sign-in.new": { says: ["agent", "address", "at"], mail: "at_once", safety: true },
  /** role: `admin`, or `person` where it was taken away. */
  "account.role": { says: ["person", "role"], mail: "at_once", safety: true },
  /** Who tells of this one and the next mails it, too: by a mail of its own. */
  "account.second-factor-reset": { says: ["person"], mail: "none", safety: true },
  "account.deletion-planned": { says: ["person", "at"], mail: "none", safety: true },
  /** An administrator acts as the person. until: when that ends at the latest; reason: theirs, or null. */
  "account.impersonated": { says: ["person", "until", "reason"], mail: "at_once", safety: true },
  /** There is no mail server: somebody waits for a mail that only an administrator can pass on. */
  "admin.mail-kept": { says: ["subject"], mail: "none", admin: true },
  /** person: whose operation it was; null: the server's own. */
  "admin.operation-failed": { says: ["operation", "person"], mail: "none", admin: true },
  /** thing: a host, storage or way to sign in, by its id. */
  "admin.unhealthy": { says: ["thing", "reason"], mail: "at_once", admin: true },
  /** What was told to be out of order is back. */
  "admin.healthy": { says: ["thing"], mail: "at_once", admin: true },
  /** problems: how many entries are not as they were sealed. */
  "admin.audit-broken": { says: ["problems"], mail: "at_once", admin: true },
} as const satisfies Readonly<Record<string, Kind>>;

export type NoticeKind = keyof typeof noticeKinds;

/** What the sentence of a kind needs: names, figures, ISO times. */
export type ValuesOf<K extends NoticeKind> = Readonly<
  Record<(typeof noticeKinds)[K]["says"][number], string | number | null>
>;

/** What a notice leads to; the portal knows the page of each. */
export const SUBJECTS = [
  "share",
  "workspace",
  "session",
  "shared_session",
  "operation",
  "token",
  "sign_in",
  "account",
  "mail",
  "resource",
  "audit",
  "storage",
  "webhook",
  "hub_server",
] as const;
export type NoticeSubject = (typeof SUBJECTS)[number];

export function isKind(kind: string): kind is NoticeKind {
  return Object.hasOwn(noticeKinds, kind);
}

/** Those whose mails are kept where nobody delivers them. */
export function keptKinds(): NoticeKind[] {
  return (Object.keys(noticeKinds) as NoticeKind[]).filter((kind) => "kept" in noticeKinds[kind]);
}

/** Whether only administrators are told of it. */
export function isForAdmins(kind: NoticeKind): boolean {
  return "admin" in noticeKinds[kind];
}

/** Whether nothing about it is to be chosen: always shown, and mailed as it is, or by a mail of its own. */
export function isFixed(kind: NoticeKind): boolean {
  return "safety" in noticeKinds[kind];
}

/** The kinds that a person can be told of. */
export function kindsOf({ isAdmin }: { readonly isAdmin: boolean }): NoticeKind[] {
  return (Object.keys(noticeKinds) as NoticeKind[]).filter((kind) => isAdmin || !isForAdmins(kind));
}
