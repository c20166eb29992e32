import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { copyFile } from "../../api/files.ts";
import { OperationsLive } from "../../operations/operations-live.tsx";
import { closeLabel } from "../../pieces/confirm.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { canMoveInto } from "./dragged-paths.ts";
import { eachOf } from "./each-of.ts";
import { folderOf, joinPath, nameOf, shownName } from "./file-path.ts";
import { FolderTree } from "./folder-tree.tsx";

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
  const copy = useMutation({
    mutationFn: () => eachOf(paths, (path) => copyFile(workspaceId, path, joinPath(folder, nameOf(path)))),
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
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={closeLabel(t)}>
      <Stack>
        {copy.isSuccess ? (
          <OperationsLive ids={copy.data.map(({ operation_id }) => operation_id)} onAllDone={onClose} />
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
    </Modal>
  );
}
