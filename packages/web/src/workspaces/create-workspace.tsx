import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formValues } from "../auth/form-values.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { useDraft } from "../pieces/use-draft.ts";
import { useCreateWorkspace } from "./use-create-workspace.ts";

const fields = ["name", "description", "file_name", "file_content"] as const;

/** Name, what it is for, and a first file if one likes. Leads to the new workspace. */
export function CreateWorkspace({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t("workspaces.new")} closeButtonProps={closeLabel(t)}>
      <CreateForm onClose={onClose} />
    </Modal>
  );
}

function CreateForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const draft = useDraft("workspace.new");
  const [withFile, setWithFile] = useState(draft.text("file_name") !== "");
  const create = useCreateWorkspace(() => {
    draft.clear();
    onClose();
  });
  return (
    <form
      onInput={draft.onInput}
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
          defaultValue={draft.text("name")}
          data-autofocus
        />
        <Textarea
          defaultValue={draft.text("description")}
          name="description"
          label={`${t("workspaces.description")} (${t("common.optional")})`}
          rows={2}
        />
        {withFile ? (
          <>
            <TextInput
              defaultValue={draft.text("file_name")}
              name="file_name"
              label={t("workspaces.fileName")}
              maxLength={255}
              autoFocus
            />
            <Textarea
              defaultValue={draft.text("file_content")}
              name="file_content"
              label={t("workspaces.fileContent")}
              rows={4}
            />
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
  );
}
