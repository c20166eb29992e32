import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page } from "./types.ts";

const base = "/api/stoa/v1/announcements";
const maintenanceAddress = "/api/stoa/v1/system/maintenance";

export type AnnouncementKind = "info" | "warning";
export type Audience = "everyone" | "admins" | "group";

interface Said {
  readonly title: string;
  /** Simple Markdown. */
  readonly text: string;
  /** Empty: the other language's stands in for it. */
  readonly title_fa: string;
  readonly text_fa: string;
  readonly kind: AnnouncementKind;
  readonly dismissible: boolean;
  readonly ends_at: string | null;
}

/** As it stands above a page. */
export interface ShownAnnouncement extends Said {
  readonly id: number;
}

export interface NewAnnouncement extends Said {
  readonly audience: Audience;
  readonly group_id: number | null;
  /** Also to people who have not signed in. */
  readonly public: boolean;
  /** Null: now. */
  readonly starts_at: string | null;
}

export interface Announcement extends NewAnnouncement {
  readonly id: number;
  readonly starts_at: string;
  readonly group_name: string | null;
  readonly state: "planned" | "shown" | "past";
  readonly version: number;
  readonly created_by: string | null;
  readonly created_at: string;
}

interface MaintenanceWords {
  readonly message: string;
  readonly message_fa: string;
  readonly ends_at: string | null;
}

export interface CurrentMaintenance extends MaintenanceWords {
  readonly phase: "planned" | "on";
  readonly starts_at: string;
  readonly version: number;
}

export interface Maintenance extends MaintenanceWords {
  readonly phase: "none" | "planned" | "on";
  readonly starts_at: string | null;
  readonly version: number;
  readonly changed_by: string | null;
  readonly changed_at: string | null;
}

export interface WantedMaintenance extends MaintenanceWords {
  readonly starts_at: string | null;
  readonly version: number;
}

interface Current {
  readonly maintenance: CurrentMaintenance | null;
  readonly announcements: readonly ShownAnnouncement[];
  /** When this answer changes by the clock alone. */
  readonly next_change_at: string | null;
}

const slowlyMs = 60_000;

/** What stands above every page. Asked again when its time comes; events tell of the rest. */
export const currentQuery = queryOptions({
  queryKey: ["announcements", "current"],
  queryFn: ({ signal }) => call<Current>("GET", `${base}/current`, { signal }),
  staleTime: 30_000,
  refetchInterval: ({ state }) => {
    const next = state.data?.next_change_at;
    if (!next) return slowlyMs;
    return Math.min(slowlyMs, Math.max(500, Date.parse(next) - Date.now() + 250));
  },
});

export const announcementsQuery = infiniteQueryOptions({
  queryKey: ["announcements", "list"],
  queryFn: ({ pageParam, signal }) =>
    call<Page<Announcement>>("GET", base, { query: { cursor: pageParam, limit: 50 }, signal }),
  initialPageParam: "",
  getNextPageParam: (last) => last.next_cursor,
});

export const createAnnouncement = (body: NewAnnouncement) => call<Announcement>("POST", base, { body });

export const changeAnnouncement = (id: number, body: NewAnnouncement & { readonly version: number }) =>
  call<Announcement>("PUT", `${base}/${id}`, { body });

export const endAnnouncement = ({ id, version }: Pick<Announcement, "id" | "version">) =>
  call<Announcement>("POST", `${base}/${id}/end`, { body: { version } });

export const deleteAnnouncement = (id: number) => call<void>("DELETE", `${base}/${id}`);

export const restoreAnnouncement = (id: number) => call<Announcement>("POST", `${base}/${id}/restore`, { body: {} });

/** Hides it from one's own pages. */
export const dismissAnnouncement = (id: number) => call<void>("PUT", `${base}/${id}/dismissal`);

export const maintenanceQuery = queryOptions({
  queryKey: ["announcements", "maintenance"],
  queryFn: ({ signal }) => call<Maintenance>("GET", maintenanceAddress, { signal }),
});

export const planMaintenance = (body: WantedMaintenance) => call<Maintenance>("PUT", maintenanceAddress, { body });

export const endMaintenance = (version: number) =>
  call<Maintenance>("POST", `${maintenanceAddress}/end`, { body: { version } });
