import { Button, Checkbox, Group, Modal, NativeSelect, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { extractArchive, type OnTaken } from "../../api/files.ts";
import type { FileEntry } from "../../api/types.ts";
import { OperationsLive } from "../../operations/operations-live.tsx";
import { closeLabel } from "../../pieces/confirm.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { folderOf, joinPath, shownName } from "./file-path.ts";
import { FolderTree } from "./folder-tree.tsx";

const choices: readonly OnTaken[] = ["refuse", "keep_both", "replace"];

/** Unpacks an archive below a folder, and shows how far it is; the dialog may be closed meanwhile. */
export function ExtractArchive(props: { workspaceId: number; entry: FileEntry; onClose: () => void }) {
  const { workspaceId, entry, onClose } = props;
  const { t } = useTranslation();
  const [folder, setFolder] = useState(folderOf(entry.path));
  const [ownFolder, setOwnFolder] = useState(true);
  const [onTaken, setOnTaken] = useState<OnTaken>("refuse");
  const stem = entry.name.replace(/\.(zip|tar|tgz|tar\.gz)$/i, "") || `${entry.name}-contents`;
  const extract = useMutation({
    mutationFn: () =>
      extractArchive(workspaceId, {
        path: entry.path,
        to: ownFolder ? joinPath(folder, stem) : folder,
        on_conflict: onTaken,
      }),
  });
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
          <>
            <FolderTree workspaceId={workspaceId} label={t("files.whereTo")} chosen={folder} onChoose={setFolder} />
            <Checkbox
              label={t("files.ownFolder", { name: shownName(stem) })}
              checked={ownFolder}
              onChange={(event) => setOwnFolder(event.currentTarget.checked)}
            />
            <NativeSelect
              label={t("files.onTaken")}
              value={onTaken}
              onChange={(event) => setOnTaken(choices.find((one) => one === event.currentTarget.value) ?? "refuse")}
              data={choices.map((value) => ({ value, label: t(`files.taken.${value}`) }))}
            />
          </>
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
