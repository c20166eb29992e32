import type { NoticePreference } from "../api/notices.ts";
import {
  type Icon,
  IconAlertTriangle,
  IconDatabase,
  IconDeviceLaptop,
  IconKey,
  IconListCheck,
  IconShare,
  IconTerminal2,
  IconUser,
} from "../pieces/icons.ts";

/** What notices are about, as one chooses among them; words under `notices.groups`. */
export const noticeGroups = ["share", "session", "storage", "operation", "account", "admin"] as const;
export type NoticeGroup = (typeof noticeGroups)[number];

/** By the first part of a kind: `session.failed`. */
const groupOfPart: Readonly<Record<string, NoticeGroup>> = {
  share: "share",
  session: "session",
  hub: "session",
  storage: "storage",
  operation: "operation",
  token: "account",
  webhook: "account",
  "sign-in": "account",
  account: "account",
  admin: "admin",
};
const iconOfPart: Readonly<Record<string, Icon>> = {
  share: IconShare,
  session: IconTerminal2,
  hub: IconTerminal2,
  storage: IconDatabase,
  operation: IconListCheck,
  token: IconKey,
  "sign-in": IconDeviceLaptop,
  account: IconUser,
};

const partOf = (kind: string): string => kind.split(".")[0] ?? "";

export const groupOf = (kind: string): NoticeGroup => groupOfPart[partOf(kind)] ?? "admin";
export const iconOf = (kind: string): Icon => iconOfPart[partOf(kind)] ?? IconAlertTriangle;

/** Those that concern the person, by what they are about; none without any. */
export function byGroup<K extends Pick<NoticePreference, "kind">>(kinds: readonly K[]): [NoticeGroup, K[]][] {
  return noticeGroups
    .map((group): [NoticeGroup, K[]] => [group, kinds.filter(({ kind }) => groupOf(kind) === group)])
    .filter(([, own]) => own.length > 0);
}
