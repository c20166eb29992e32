import {
  type Icon,
  IconActivity,
  IconApps,
  IconFolder,
  IconHome,
  IconListCheck,
  IconMail,
  IconRobot,
  IconShieldCheck,
  IconUser,
  IconUsers,
  IconUsersGroup,
} from "../pieces/icons.ts";

export interface Place {
  readonly to:
    | "/"
    | "/workspaces"
    | "/sessions"
    | "/activity"
    | "/groups"
    | "/account"
    | "/people"
    | "/services"
    | "/operations"
    | "/mails"
    | "/audit";
  /** Under `frame` in the catalogues. */
  readonly word: string;
  readonly icon: Icon;
}

/** What the rail leads to. Only what exists: a place comes here with its pages. */
export const places: readonly Place[] = [
  { to: "/", word: "home", icon: IconHome },
  { to: "/workspaces", word: "workspaces", icon: IconFolder },
  { to: "/sessions", word: "sessions", icon: IconApps },
  { to: "/activity", word: "activity", icon: IconActivity },
  { to: "/groups", word: "groups", icon: IconUsersGroup },
  { to: "/account", word: "account", icon: IconUser },
];

/** Below the rule, for administrators. */
export const adminPlaces: readonly Place[] = [
  { to: "/people", word: "people", icon: IconUsers },
  { to: "/services", word: "services", icon: IconRobot },
  { to: "/operations", word: "operations", icon: IconListCheck },
  { to: "/mails", word: "mails", icon: IconMail },
  { to: "/audit", word: "audit", icon: IconShieldCheck },
];

/** On phones these stand in the bottom bar; the rest is in its sheet. */
export const bottomBarCount = 3;
