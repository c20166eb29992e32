import { Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteFile, isThere, moveFile } from "../../api/files.ts";
import { restoreFromTrash } from "../../api/trash.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { useUndo } from "../../pieces/undo.tsx";
import { eachOf } from "./each-of.ts";
import { folderOf, joinPath, nameOf, shownName } from "./file-path.ts";
import { moveBack } from "./move-back.ts";
import { placeEach } from "./place-each.ts";
import { useTakenQuestion } from "./use-taken-question.tsx";

/** Deleting and moving rows at once, each with ten seconds to take it back. */
export function useFileVerbs(workspaceId: number, onDone: () => void) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const offerUndo = useUndo();
  const taken = useTakenQuestion();
  // Of many things at once: how many are done.
  const [done, setDone] = useState(0);
  const count = <T,>(made: T): T => {
    setDone((before) => before + 1);
    return made;
  };
  const refresh = () => Promise.all(["files", "trash"].map((key) => client.invalidateQueries({ queryKey: [key] })));
  const told = (word: "deleted" | "moved", paths: readonly string[], folder = "") => {
    const values = { folder: folder === "" ? t("files.root") : shownName(folder) };
    const [only] = paths;
    return paths.length === 1 && only !== undefined
      ? t(`files.${word}`, { ...values, name: shownName(nameOf(only)) })
      : t(`files.${word}Many`, { ...values, count: paths.length });
  };
  const trashLink = <Link to="/trash">{t("trash.link")}</Link>;

  const remove = useMutation({
    onMutate: () => setDone(0),
    mutationFn: (paths: readonly string[]) => eachOf(paths, (path) => deleteFile(workspaceId, path).then(count)),
    onSuccess: (trashed, paths) => {
      offerUndo({
        text: told("deleted", paths),
        link: trashLink,
        undo: () => eachOf(trashed, ({ id }) => restoreFromTrash(id)).then(refresh),
      });
      onDone();
    },
    onSettled: refresh,
  });
  const move = useMutation({
    onMutate: () => setDone(0),
    mutationFn: ({ paths, folder }: { paths: readonly string[]; folder: string }) =>
      placeEach(
        paths.map((from) => ({ from, to: joinPath(folder, nameOf(from)) })),
        {
          act: ({ from, to }, replace) => moveFile(workspaceId, from, to, replace).then(count),
          isTaken: (path) => isThere(workspaceId, path),
          ask: taken.ask,
        },
      ),
    onSuccess: (moved, { folder }) => {
      if (moved.length === 0) return;
      offerUndo({
        text: told(
          "moved",
          moved.map(({ to }) => to),
          folder,
        ),
        link: moved.some(({ replaced }) => replaced) ? trashLink : undefined,
        undo: () => eachOf(moved.toReversed(), (one) => moveBack(workspaceId, one)).then(refresh),
      });
      onDone();
    },
    onSettled: refresh,
  });
  const home = (paths: readonly string[], folder: string) => paths.filter((path) => folderOf(path) !== folder);
  const question: ReactNode = taken.question && (
    <Modal opened onClose={taken.stop} title={t("files.takenTitle")} closeButtonProps={closeLabel(t)}>
      {taken.question}
    </Modal>
  );
  return {
    remove: (paths: readonly string[]) => remove.mutate(paths),
    moveInto: (paths: readonly string[], folder: string) => {
      const going = home(paths, folder);
      if (going.length > 0) move.mutate({ paths: going, folder });
    },
    question,
    pending: remove.isPending || move.isPending,
    /** While more than one thing is under way. */
    progress: progressOf(done, move.isPending ? move.variables.paths : remove.isPending ? remove.variables : []),
    error: remove.error ?? move.error,
  };
}

const progressOf = (done: number, all: readonly string[]) => (all.length > 1 ? { done, all: all.length } : null);
