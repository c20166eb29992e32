import type { QueryClient, QueryKey } from "@tanstack/react-query";

/** Which answers an event makes old, by the first part of its type. One place for the whole portal. */
export const staleByDomain: Readonly<Record<string, readonly QueryKey[]>> = {
  session: [["sessions"], ["workspaces"]],
  workspace: [["workspaces"], ["files"]],
  file: [["files"], ["workspaces"], ["trash"]],
  trash: [["trash"], ["files"], ["workspaces"]],
  operation: [["operations"]],
  account: [["session"], ["people"], ["account"]],
  person: [["people"]],
  token: [["account"]],
  credential: [["session"], ["account"]],
  audit: [["audit"]],
  system: [["health"]],
};

/** The answers that an event of this type makes old; none for what the portal does not show. */
export function staleKeys(type: string): readonly QueryKey[] {
  return staleByDomain[type.split(".")[0] ?? ""] ?? [];
}

const eventsAddress = "/api/stoa/v1/events";

/**
 * Keeps the queries fresh while somebody is signed in: one stream, resumed by the browser with
 * Last-Event-ID. Bursts become one refresh per quarter second.
 * @returns closes the stream
 */
export function followEvents(client: QueryClient): () => void {
  let stream: EventSource | null = null;
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const waiting = new Map<string, QueryKey>();

  const flush = () => {
    timer = undefined;
    for (const queryKey of waiting.values()) void client.invalidateQueries({ queryKey });
    waiting.clear();
  };
  const note = (type: string) => {
    for (const key of staleKeys(type)) waiting.set(JSON.stringify(key), key);
    if (waiting.size > 0) timer ??= setTimeout(flush, 250);
  };
  const open = () => {
    stream = new EventSource(eventsAddress);
    stream.onmessage = (event: MessageEvent<string>) => note(typeOf(event.data));
    // The browser gives up for good on an HTTP error (a restart behind a proxy): start anew, and read everything again.
    stream.onerror = () => {
      if (closed || stream?.readyState !== EventSource.CLOSED) return;
      retry = setTimeout(() => {
        void client.invalidateQueries();
        open();
      }, 5_000);
    };
  };
  open();
  return () => {
    closed = true;
    clearTimeout(timer);
    clearTimeout(retry);
    stream?.close();
  };
}

function typeOf(data: string): string {
  try {
    const parsed: unknown = JSON.parse(data);
    return typeof parsed === "object" && parsed !== null && "type" in parsed ? String(parsed.type) : "";
  } catch {
    return "";
  }
}
