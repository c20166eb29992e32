import { Modal } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { deleteFile, isThere } from "../../api/files.ts";
import { restoreFromTrash } from "../../api/trash.ts";
import type { TrashEntry } from "../../api/types.ts";
import { deleteWorkspace } from "../../api/workspaces.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { useUndo } from "../../pieces/undo.tsx";
import { eachOf } from "../files/each-of.ts";
import { folderOf, shownName } from "../files/file-path.ts";
import { useTakenQuestion } from "../files/use-taken-question.tsx";
import { type Back, restoreEach } from "./restore-each.ts";
import { useTrashRefresh } from "./use-trash-refresh.ts";

/** Brings things back, says where they are now, and takes that back when asked within ten seconds. */
export function useRestore(onDone: () => void = () => {}) {
  const { t } = useTranslation();
  const refresh = useTrashRefresh();
  const offerUndo = useUndo();
  const taken = useTakenQuestion();
  const restore = useMutation({
    mutationFn: (entries: readonly TrashEntry[]) =>
      restoreEach(entries, {
        restore: ({ id }) => restoreFromTrash(id),
        // A workspace that is itself in the trash has nothing: the server says what to do then.
        isTaken: ({ workspace, path }) => isThere(workspace.id, path).catch(() => false),
        makeRoom: ({ workspace, path }) => deleteFile(workspace.id, path),
        ask: taken.ask,
      }),
    onSuccess: (back) => {
      const [first] = back;
      if (!first) return;
      offerUndo({
        text:
          back.length === 1
            ? t("trash.isBack", { name: first.path === "" ? first.entry.workspace.name : shownName(first.path) })
            : t("trash.areBack", { count: back.length }),
        link: back.length === 1 ? <Place back={first} /> : undefined,
        undo: () => eachOf(back.toReversed(), takeAgain).then(refresh),
      });
      onDone();
    },
    onSettled: refresh,
  });
  const question = taken.question && (
    <Modal opened onClose={taken.stop} title={t("files.takenTitle")} closeButtonProps={closeLabel(t)}>
      {taken.question}
    </Modal>
  );
  return { restore, question };
}

const takeAgain = ({ entry, workspaceId, path }: Back): Promise<unknown> =>
  entry.kind === "workspace" ? deleteWorkspace(workspaceId) : deleteFile(workspaceId, path);

function Place({ back: { workspaceId, path } }: { back: Back }) {
  const { t } = useTranslation();
  const folder = folderOf(path);
  return (
    <Link
      to="/workspaces/$workspaceId"
      params={{ workspaceId: String(workspaceId) }}
      search={folder === "" ? {} : { path: folder }}
    >
      {t("trash.goThere")}
    </Link>
  );
}
