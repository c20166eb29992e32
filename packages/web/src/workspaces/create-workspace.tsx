import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createWorkspace, type NewWorkspace } from "../api/workspaces.ts";
import { formValues } from "../auth/form-values.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";

const fields = ["name", "description", "file_name", "file_content"] as const;

/** Name, what it is for, and a first file if one likes. Leads to the new workspace. */
export function CreateWorkspace({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [withFile, setWithFile] = useState(false);
  const create = useMutation({
    mutationFn: (workspace: NewWorkspace) => createWorkspace(workspace),
    onSuccess: async (workspace) => {
      onClose();
      await client.invalidateQueries({ queryKey: ["workspaces"] });
      await navigate({ to: "/workspaces/$workspaceId", params: { workspaceId: String(workspace.id) } });
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title={t("workspaces.new")} closeButtonProps={closeLabel(t)}>
      <form
        onSubmit={(event) => {
          const { name, description, file_name, file_content } = formValues(event, fields);
          const files = file_name === "" ? [] : [{ name: file_name, content: file_content }];
          create.mutate({ name, description, files });
        }}
      >
        <Stack>
          <TextInput
            name="name"
            label={t("workspaces.name")}
            required
            withAsterisk={false}
            maxLength={64}
            data-autofocus
          />
          <Textarea name="description" label={`${t("workspaces.description")} (${t("common.optional")})`} rows={2} />
          {withFile ? (
            <>
              <TextInput name="file_name" label={t("workspaces.fileName")} maxLength={255} autoFocus />
              <Textarea name="file_content" label={t("workspaces.fileContent")} rows={4} />
            </>
          ) : (
            <Button variant="subtle" size="compact-sm" onClick={() => setWithFile(true)}>
              {t("workspaces.firstFile")}
            </Button>
          )}
          {create.isError && <ReasonCard error={create.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t("common.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
