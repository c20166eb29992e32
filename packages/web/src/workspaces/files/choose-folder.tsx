import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { copyFiles } from "../../api/files.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { canMoveInto } from "./dragged-paths.ts";
import { folderOf, nameOf, shownName } from "./file-path.ts";
import { FolderTree } from "./folder-tree.tsx";

interface ChooseFolderProps {
  readonly workspaceId: number;
  readonly kind: "move" | "copy";
  readonly paths: readonly string[];
  moveInto(paths: readonly string[], folder: string): void;
  onClose(): void;
}

/** Where to: a folder of the same workspace. A move says why it can't be made before it is tried. */
export function ChooseFolder({ workspaceId, kind, paths, moveInto, onClose }: ChooseFolderProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const first = folderOf(paths[0] ?? "");
  const [folder, setFolder] = useState(first);
  const copy = useMutation({
    mutationFn: () => copyFiles(workspaceId, paths, folder),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: ["files", workspaceId] }),
  });
  const possible = kind === "copy" || paths.some((path) => canMoveInto(path, folder));
  const title = t(kind === "move" ? "files.moveTitle" : "files.copyTitle", {
    count: paths.length,
    name: shownName(nameOf(paths[0] ?? "")),
  });
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={closeLabel(t)}>
      <Stack>
        <FolderTree workspaceId={workspaceId} label={t("files.whereTo")} chosen={folder} onChoose={setFolder} />
        {!possible && folder !== first && <span className="quiet small">{t("files.hereAlready")}</span>}
        {copy.isError && <ReasonCard error={copy.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button
            disabled={!possible}
            loading={copy.isPending}
            onClick={() => {
              if (kind === "copy") return copy.mutate();
              moveInto(paths, folder);
              onClose();
            }}
          >
            {t(kind === "move" ? "files.moveHere" : "files.copyHere")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
