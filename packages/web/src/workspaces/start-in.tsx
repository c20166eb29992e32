import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Workspace } from "../api/types.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { QuickStart } from "../pieces/quick-start.tsx";

/** What can be started, in a workspace that one has not gone into. */
export function StartIn({ workspace, onClose }: { workspace: Workspace; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("workspaces.startIn", { name: workspace.name })}
      closeButtonProps={closeLabel(t)}
      size="lg"
    >
      <QuickStart workspaceId={async () => workspace.id} known={workspace.id} />
    </Modal>
  );
}
