import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Workspace } from "../api/types.ts";
import { updateWorkspace } from "../api/workspaces.ts";
import { formValues } from "../auth/form-values.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { may } from "../pieces/may.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { DeleteWorkspace } from "./delete-workspace.tsx";

/** Name and description, and the way to the trash. */
export function WorkspaceSettings(props: { workspace: Workspace; onClose: () => void; onShowShares: () => void }) {
  const { workspace, onClose, onShowShares } = props;
  const { t } = useTranslation();
  const client = useQueryClient();
  const [deleting, setDeleting] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ["workspaces"] });
  const save = useMutation({
    mutationFn: (changes: { name: string; description: string }) => updateWorkspace(workspace.id, changes),
    onSuccess: async () => {
      await refresh();
      onClose();
    },
  });
  if (deleting) {
    return <DeleteWorkspace workspace={workspace} onClose={() => setDeleting(false)} onShowShares={onShowShares} />;
  }
  const deletable = may("workspace.delete", workspace.status);
  return (
    <Modal opened onClose={onClose} title={t("workspaces.settings")} closeButtonProps={closeLabel(t)}>
      <form onSubmit={(event) => save.mutate(formValues(event, ["name", "description"]))}>
        <Stack>
          <TextInput
            name="name"
            label={t("workspaces.name")}
            defaultValue={workspace.name}
            required
            withAsterisk={false}
            maxLength={64}
          />
          <Textarea
            name="description"
            label={t("workspaces.description")}
            defaultValue={workspace.description}
            rows={3}
          />
          {save.isError && <ReasonCard error={save.error} />}
          <Group justify="space-between">
            <Button
              variant="subtle"
              color="bad"
              disabled={!deletable}
              title={deletable ? "" : t("workspaces.deleteBusy")}
              onClick={() => setDeleting(true)}
            >
              {t("workspaces.delete")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("common.save")}
            </Button>
          </Group>
          {!deletable && <p className="quiet small">{t("workspaces.deleteBusy")}</p>}
        </Stack>
      </form>
    </Modal>
  );
}
