import { infiniteQueryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { ActedAs, Page, WebSession } from "./types.ts";

const base = "/api/stoa/v1";

export interface WantedActing {
  readonly reason: string;
  readonly minutes: number;
  readonly current_password: string;
  /** Of the second factor, where there is one. */
  readonly code?: string;
}

/** From then on the browser's session is the person's: load everything anew. */
export const actAs = (id: number, wanted: WantedActing) =>
  call<WebSession>("POST", `${base}/people/${id}/act-as`, { body: wanted });

/** Back to the administrator's own sign-in, also after the time is over. */
export const stopActing = () => call<WebSession>("POST", `${base}/auth/acting/stop`, { body: {} });

const acted = (key: readonly unknown[], at: string) =>
  infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call<Page<ActedAs>>("GET", at, { query: { cursor: pageParam, limit: 10 }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

/** Which administrators acted as oneself; newest first. */
export const actedAsMeQuery = acted(["account", "acted-as"], `${base}/account/acted-as`);
export const actedAsQuery = (id: number) => acted(["people", "one", id, "acted-as"], `${base}/people/${id}/acted-as`);
