import {
  type Icon,
  IconActivity,
  IconApps,
  IconChartDots,
  IconCompass,
  IconCpu,
  IconDatabase,
  IconFolder,
  IconHome,
  IconListCheck,
  IconNotebook,
  IconSettings,
  IconUser,
  IconUsers,
  IconUsersGroup,
} from "../pieces/icons.ts";

export interface Place {
  readonly to:
    | "/"
    | "/workspaces"
    | "/sessions"
    | "/jupyter"
    | "/storage"
    | "/activity"
    | "/groups"
    | "/account"
    | "/admin"
    | "/admin/sessions"
    | "/admin/storage"
    | "/admin/activity"
    | "/admin/hub"
    | "/people"
    | "/operations"
    | "/system";
  /** Under `frame` in the catalogues. */
  readonly word: string;
  readonly icon: Icon;
  /** Other addresses whose pages belong to it. */
  readonly also?: readonly string[];
}

/** What the rail leads to. Only what exists: a place comes here with its pages. */
export const places: readonly Place[] = [
  { to: "/", word: "home", icon: IconHome },
  { to: "/workspaces", word: "workspaces", icon: IconFolder },
  { to: "/sessions", word: "sessions", icon: IconApps, also: ["/shared-sessions"] },
  // Shown where there is a hub: `usePlaces`.
  { to: "/jupyter", word: "jupyter", icon: IconNotebook },
  // Shown to those who have some: `usePlaces`.
  { to: "/storage", word: "storage", icon: IconDatabase },
  { to: "/activity", word: "activity", icon: IconActivity },
  { to: "/groups", word: "groups", icon: IconUsersGroup },
  { to: "/account", word: "account", icon: IconUser },
];

/** Below the rule, for administrators. */
export const adminPlaces: readonly Place[] = [
  { to: "/admin", word: "overview", icon: IconCompass },
  { to: "/people", word: "people", icon: IconUsers },
  { to: "/admin/sessions", word: "allSessions", icon: IconCpu },
  { to: "/admin/storage", word: "allStorage", icon: IconDatabase },
  // Shown where there is a hub: `useAdminPlaces`.
  { to: "/admin/hub", word: "hub", icon: IconNotebook },
  { to: "/admin/activity", word: "allActivity", icon: IconChartDots },
  { to: "/operations", word: "operations", icon: IconListCheck },
  { to: "/system", word: "system", icon: IconSettings, also: ["/mails", "/services", "/audit"] },
];

/** On phones these stand in the bottom bar; the rest is in its sheet. */
export const bottomBarCount = 3;
