import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { extractArchive } from "../../api/files.ts";
import type { FileEntry } from "../../api/types.ts";
import { OperationsLive } from "../../operations/operations-live.tsx";
import { closeLabel } from "../../pieces/confirm.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { folderOf, shownName } from "./file-path.ts";
import { FolderTree } from "./folder-tree.tsx";

/** Unpacks an archive below a folder, and shows how far it is; the dialog may be closed meanwhile. */
export function ExtractArchive(props: { workspaceId: number; entry: FileEntry; onClose: () => void }) {
  const { workspaceId, entry, onClose } = props;
  const { t } = useTranslation();
  const [folder, setFolder] = useState(folderOf(entry.path));
  const extract = useMutation({ mutationFn: () => extractArchive(workspaceId, entry.path, folder) });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("files.extractTitle", { name: shownName(entry.name) })}
      closeButtonProps={closeLabel(t)}
    >
      <Stack>
        {extract.isSuccess ? (
          <OperationsLive ids={[extract.data.operation_id]} onAllDone={onClose} />
        ) : (
          <FolderTree workspaceId={workspaceId} label={t("files.whereTo")} chosen={folder} onChoose={setFolder} />
        )}
        {extract.isError && <ReasonCard error={extract.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t(extract.isSuccess ? "common.close" : "common.cancel")}
          </Button>
          {!extract.isSuccess && (
            <Button loading={extract.isPending} onClick={() => extract.mutate()}>
              {t("files.extractHere")}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
