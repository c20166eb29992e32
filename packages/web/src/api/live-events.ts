import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { address } from "./client.ts";
import { reachability } from "./reachability.ts";

/** Which answers an event makes old, by the first part of its type. One place for the whole portal. */
export const staleByDomain: Readonly<Record<string, readonly QueryKey[]>> = {
  session: [["sessions"], ["overview"], ["workspaces"], ["files"], ["core-hours"]],
  workspace: [["workspaces"], ["files"], ["trash"]],
  storage: [["storage"]],
  operation: [["operations"], ["overview"]],
  account: [["session"], ["people"], ["account"], ["overview"]],
  share: [["shares"], ["workspaces"]],
  group: [["groups"]],
  notice: [["notices"]],
  announcement: [["announcements"]],
  maintenance: [["announcements"]],
  webhook: [["webhooks"]],
  settings: [["settings"], ["session"], ["session-types"]],
  hub: [["hub"]],
};

/** The answers that an event of this type makes old; none for what the portal does not show. */
export function staleKeys(type: string): readonly QueryKey[] {
  return staleByDomain[type.split(".")[0] ?? ""] ?? [];
}

/** The types that the portal follows: a stream names each, and a browser wants to know the names. */
export const followed = [
  "session.status",
  "session.idle",
  "session.viewers",
  "session.shared",
  "workspace.changed",
  "share.changed",
  "group.changed",
  "storage.changed",
  "operation.changed",
  "operation.progress",
  "announcement.changed",
  "maintenance.changed",
  "settings.changed",
  "account.changed",
  "account.token",
  "notice.changed",
  "webhook.changed",
  "hub.server",
  "hub.launch",
] as const;

/** What others change while one looks. */
const changing: readonly QueryKey[] = [["sessions"], ["shares"], ["operations"], ["notices"]];

const streamAddress = "/api/stoa/v1/events";
/** What is told together becomes one refresh, at once; what follows waits for the next one. */
const togetherMs = 20;
const gatherMs = 250;
/** A browser has six connections for all tabs of an origin, and a stream holds one: hidden tabs let go of theirs. */
const hiddenMs = 10_000;
const anewMs = 5_000;

/**
 * Keeps the queries fresh while somebody is signed in: one stream, resumed by the browser after a break.
 * @returns closes the stream
 */
export function followEvents(client: QueryClient): () => void {
  const refresh = gather(client);
  let stream: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const readAnew = () => void client.invalidateQueries();
  const open = () => {
    stream = new EventSource(address(streamAddress, { types: followed.join(",") }));
    for (const type of followed) stream.addEventListener(type, () => refresh.add(staleKeys(type)));
    // The cursor is too old, or the sign-in has ended: what is shown may be anything but current.
    // What happened between the page's first answers and the stream's beginning was told to nobody.
    stream.addEventListener("open", () => refresh.add(changing), { once: true });
    for (const end of ["reset", "revoked", "expired"]) stream.addEventListener(end, readAnew);
    // The browser gives up for good on an HTTP error (a restart behind a proxy).
    stream.onerror = () => {
      reachability.suspect();
      if (stream?.readyState === EventSource.CLOSED) timer = setTimeout(reopen, anewMs);
    };
  };
  const close = () => {
    clearTimeout(timer);
    stream?.close();
    stream = null;
  };
  const reopen = () => {
    close();
    readAnew();
    open();
  };
  const onVisibility = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(close, hiddenMs);
    else if (stream === null) reopen();
  };

  open();
  document.addEventListener("visibilitychange", onVisibility);
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    refresh.stop();
    close();
  };
}

/** Refreshes for the first news at once, somebody waits for it; and no more often than four times a second. */
export function gather(client: Pick<QueryClient, "invalidateQueries">) {
  const waiting = new Map<string, QueryKey>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -gatherMs;
  const flush = () => {
    timer = undefined;
    last = performance.now();
    for (const queryKey of waiting.values()) void client.invalidateQueries({ queryKey });
    waiting.clear();
  };
  return {
    add(keys: readonly QueryKey[]) {
      for (const key of keys) waiting.set(JSON.stringify(key), key);
      const wait = Math.max(togetherMs, last + gatherMs - performance.now());
      if (waiting.size > 0) timer ??= setTimeout(flush, wait);
    },
    stop: () => clearTimeout(timer),
  };
}
