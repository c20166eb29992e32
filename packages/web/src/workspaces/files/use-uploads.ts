import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { asApiError } from "../../api/api-error.ts";
import { uploadFile } from "../../api/upload.ts";
import { joinPath } from "./file-path.ts";

export interface Upload {
  readonly id: number;
  readonly name: string;
  /** Bytes. */
  readonly total: number;
  readonly sent: number;
  readonly state: "waiting" | "sending" | "done" | "failed";
  readonly reason: string;
}

export interface Uploads {
  readonly items: readonly Upload[];
  add(folder: string, files: readonly File[]): void;
  stop(id: number): void;
  clear(): void;
}

const shownDoneMs = 6_000;
let nextId = 1;

/** Uploads of one workspace, one after the other; they go on while the person browses its folders. */
export function useUploads(workspaceId: number): Uploads {
  const client = useQueryClient();
  const [items, setItems] = useState<readonly Upload[]>([]);
  const queue = useRef<Promise<void>>(Promise.resolve());
  const controllers = useRef(new Map<number, AbortController>());
  const change = useCallback((id: number, part: Partial<Upload>) => {
    setItems((all) => all.map((one) => (one.id === id ? { ...one, ...part } : one)));
  }, []);

  const send = useCallback(
    async (id: number, path: string, file: File, { signal }: AbortController) => {
      if (signal.aborted) return;
      change(id, { state: "sending" });
      try {
        await uploadFile(workspaceId, path, file, (sent) => change(id, { sent }), signal);
        change(id, { state: "done", sent: file.size });
      } catch (error) {
        if (signal.aborted) setItems((all) => all.filter((one) => one.id !== id));
        else change(id, { state: "failed", reason: asApiError(error).message });
      }
      await client.invalidateQueries({ queryKey: ["files", workspaceId] });
    },
    [client, workspaceId, change],
  );

  const add = useCallback(
    (folder: string, files: readonly File[]) => {
      for (const file of files) {
        const id = nextId++;
        const controller = new AbortController();
        controllers.current.set(id, controller);
        setItems((all) => [...all, { id, name: file.name, total: file.size, sent: 0, state: "waiting", reason: "" }]);
        queue.current = queue.current.then(() => send(id, joinPath(folder, file.name), file, controller));
      }
    },
    [send],
  );

  const sending = items.some(({ state }) => state === "waiting" || state === "sending");
  useEffect(() => {
    if (!sending) return;
    // Leaving the portal would cut the upload off: the browser asks first.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [sending]);

  const allDone = items.length > 0 && items.every(({ state }) => state === "done");
  useEffect(() => {
    if (!allDone) return;
    // The files stand in the list below: what is left to say is said.
    const timer = setTimeout(() => setItems([]), shownDoneMs);
    return () => clearTimeout(timer);
  }, [allDone]);

  return {
    items,
    add,
    stop: (id) => {
      controllers.current.get(id)?.abort();
      setItems((all) => all.filter((one) => one.id !== id));
    },
    clear: () => setItems((all) => all.filter(({ state }) => state === "waiting" || state === "sending")),
  };
}
