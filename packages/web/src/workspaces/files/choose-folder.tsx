import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { copyFile, isThere } from "../../api/files.ts";
import { OperationsLive } from "../../operations/operations-live.tsx";
import { closeLabel } from "../../pieces/confirm.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { canMoveInto } from "./dragged-paths.ts";
import { folderOf, joinPath, nameOf, shownName } from "./file-path.ts";
import { FolderTree } from "./folder-tree.tsx";
import { placeEach } from "./place-each.ts";
import { useTakenQuestion } from "./use-taken-question.tsx";

interface ChooseFolderProps {
  readonly workspaceId: number;
  readonly kind: "move" | "copy";
  readonly paths: readonly string[];
  moveInto(paths: readonly string[], folder: string): void;
  onClose(): void;
}

/** Where to: a folder of the same workspace. A move is done at once; a copy is followed until it is there. */
export function ChooseFolder({ workspaceId, kind, paths, moveInto, onClose }: ChooseFolderProps) {
  const { t } = useTranslation();
  const first = folderOf(paths[0] ?? "");
  const [folder, setFolder] = useState(first);
  const taken = useTakenQuestion();
  const copy = useMutation({
    mutationFn: () =>
      placeEach(
        paths.map((from) => ({ from, to: joinPath(folder, nameOf(from)) })),
        {
          act: ({ from, to }, replace) => copyFile(workspaceId, from, to, replace),
          isTaken: (path) => isThere(workspaceId, path),
          ask: taken.ask,
        },
      ),
    // Nothing to follow: the question was cancelled, or all was skipped.
    onSuccess: (copied) => copied.length === 0 && onClose(),
  });
  const possible = kind === "copy" || paths.some((path) => canMoveInto(path, folder));
  const title = t(kind === "move" ? "files.moveTitle" : "files.copyTitle", {
    count: paths.length,
    name: shownName(nameOf(paths[0] ?? "")),
  });
  const go = () => {
    if (kind === "copy") return copy.mutate();
    moveInto(paths, folder);
    onClose();
  };
  const close = taken.question === null ? onClose : taken.stop;
  return (
    <Modal opened onClose={close} title={title} closeButtonProps={closeLabel(t)}>
      {taken.question ?? (
        <Stack>
          {copy.isSuccess ? (
            <OperationsLive ids={copy.data.map(({ result }) => result.operation_id)} onAllDone={onClose} />
          ) : (
            <FolderTree workspaceId={workspaceId} label={t("files.whereTo")} chosen={folder} onChoose={setFolder} />
          )}
          {!possible && folder !== first && <span className="quiet small">{t("files.hereAlready")}</span>}
          {copy.isError && <ReasonCard error={copy.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t(copy.isSuccess ? "common.close" : "common.cancel")}
            </Button>
            {!copy.isSuccess && (
              <Button disabled={!possible} loading={copy.isPending} onClick={go}>
                {t(kind === "move" ? "files.moveHere" : "files.copyHere")}
              </Button>
            )}
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
