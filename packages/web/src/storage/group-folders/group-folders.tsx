import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { StorageSubject } from "../../api/storage.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { IconUsersGroup } from "../../pieces/icons.ts";
import rows from "../../pieces/rows.module.css";
import { GroupFolderRow } from "./group-folder-row.tsx";

interface GroupFoldersProps {
  readonly workspaceId: number;
  readonly writable: boolean;
  readonly className: string | undefined;
  readonly groups: readonly StorageSubject[];
}

/** Lists the folders of one's groups, to be linked into this workspace. */
export function GroupFolders({ workspaceId, writable, className, groups }: GroupFoldersProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      <Button
        className={className}
        variant="subtle"
        size="xs"
        disabled={!writable}
        leftSection={<IconUsersGroup size={16} aria-hidden="true" />}
        onClick={() => setOpened(true)}
      >
        {t("storage.folders")}
      </Button>
      <Modal opened={opened} onClose={close} title={t("storage.folders")} closeButtonProps={closeLabel(t)}>
        <p className="quiet">{t("storage.foldersText")}</p>
        <ul className={rows.rows} aria-label={t("storage.folders")}>
          {groups.map((subject) => (
            <GroupFolderRow key={subject.id} workspaceId={workspaceId} subject={subject} onLeave={close} />
          ))}
        </ul>
      </Modal>
    </>
  );
}
