import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { sendBatch } from "./send-batch.ts";
import { sendUpload } from "./send-upload.ts";
import type { Upload } from "./upload-job.ts";
import { isUnderWay, makeUploadQueue, type UploadQueue } from "./upload-queue.ts";

const finished = new Set<(workspaceId: number) => void>();

/** One for the whole portal: uploads go on while the person looks at other pages. */
export const uploads: UploadQueue = makeUploadQueue(sendUpload, {
  sendBatch,
  onDone: (workspaceId) => {
    for (const listener of finished) listener(workspaceId);
  },
});

// Leaving the portal cuts uploads off: the browser asks first.
uploads.subscribe(() => {
  const sending = uploads.items().some(isUnderWay);
  window[sending ? "addEventListener" : "removeEventListener"]("beforeunload", askFirst);
});
const askFirst = (event: Event) => event.preventDefault();

const shownDoneMs = 8_000;

/** The uploads of one workspace; its files are read anew as they arrive. */
export function useUploads(workspaceId: number): readonly Upload[] {
  const client = useQueryClient();
  const all = useSyncExternalStore(uploads.subscribe, uploads.items);
  const mine = all.filter((one) => one.workspaceId === workspaceId);
  useEffect(() => {
    const due = new Set<number>();
    const refresh = (id: number) => {
      // A thousand small files are a few refreshes, not a thousand.
      if (due.has(id)) return;
      due.add(id);
      setTimeout(() => {
        due.delete(id);
        void client.invalidateQueries({ queryKey: ["files", id] });
      }, 400);
    };
    finished.add(refresh);
    return () => void finished.delete(refresh);
  }, [client]);
  const allDone = mine.length > 0 && mine.every(({ state }) => state === "done" || state === "skipped");
  useEffect(() => {
    if (!allDone) return;
    // The files stand in the list below: what is left to say is said.
    const timer = setTimeout(() => uploads.clear(workspaceId), shownDoneMs);
    return () => clearTimeout(timer);
  }, [allDone, workspaceId]);
  return mine;
}
