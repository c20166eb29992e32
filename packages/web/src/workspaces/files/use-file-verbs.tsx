import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { deleteFile, moveFile } from "../../api/files.ts";
import { restoreFromTrash } from "../../api/trash.ts";
import { useUndo } from "../../pieces/undo.tsx";
import { eachOf } from "./each-of.ts";
import { folderOf, joinPath, nameOf, shownName } from "./file-path.ts";

/** Deleting and moving rows at once, each with ten seconds to take it back. */
export function useFileVerbs(workspaceId: number, onDone: () => void) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const offerUndo = useUndo();
  const refresh = () => Promise.all(["files", "trash"].map((key) => client.invalidateQueries({ queryKey: [key] })));
  const told = (word: "deleted" | "moved", paths: readonly string[], folder = "") => {
    const values = { folder: folder === "" ? t("files.root") : shownName(folder) };
    const [only] = paths;
    return paths.length === 1 && only !== undefined
      ? t(`files.${word}`, { ...values, name: shownName(nameOf(only)) })
      : t(`files.${word}Many`, { ...values, count: paths.length });
  };

  const remove = useMutation({
    mutationFn: (paths: readonly string[]) => eachOf(paths, (path) => deleteFile(workspaceId, path)),
    onSuccess: (trashed, paths) => {
      offerUndo({
        text: told("deleted", paths),
        link: <Link to="/trash">{t("trash.link")}</Link>,
        undo: () => eachOf(trashed, ({ id }) => restoreFromTrash(id)).then(refresh),
      });
      onDone();
    },
    onSettled: refresh,
  });
  const move = useMutation({
    mutationFn: ({ paths, folder }: { paths: readonly string[]; folder: string }) =>
      eachOf(paths, async (from) => ({ from, to: await moveFile(workspaceId, from, joinPath(folder, nameOf(from))) })),
    onSuccess: (moved, { paths, folder }) => {
      offerUndo({
        text: told("moved", paths, folder),
        undo: () => eachOf(moved, ({ from, to }) => moveFile(workspaceId, to.path, from)).then(refresh),
      });
      onDone();
    },
    onSettled: refresh,
  });
  const home = (paths: readonly string[], folder: string) => paths.filter((path) => folderOf(path) !== folder);
  return {
    remove: (paths: readonly string[]) => remove.mutate(paths),
    moveInto: (paths: readonly string[], folder: string) => {
      const going = home(paths, folder);
      if (going.length > 0) move.mutate({ paths: going, folder });
    },
    pending: remove.isPending || move.isPending,
    error: remove.error ?? move.error,
  };
}
