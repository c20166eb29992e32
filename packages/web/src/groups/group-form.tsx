import { Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { createGroup, type Group, type GroupWords, updateGroup } from "../api/groups.ts";
import { formValues } from "../auth/form-values.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { FormEnd } from "../pieces/form-end.tsx";
import { useDraft } from "../pieces/use-draft.ts";

/** A name and what it is for: of a new group, or of one that there is. */
export function GroupForm({ group, onClose }: { group?: Group; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const draft = useDraft(group ? `group.${group.id}` : "group.new");
  const save = useMutation({
    mutationFn: (words: GroupWords) => (group ? updateGroup(group.id, words) : createGroup(words)),
    onSuccess: async ({ id }) => {
      draft.clear();
      onClose();
      await client.invalidateQueries({ queryKey: ["groups"] });
      await navigate({ to: "/groups/$groupId", params: { groupId: String(id) } });
    },
  });
  return (
    <Modal opened onClose={onClose} title={t(group ? "groups.edit" : "groups.new")} closeButtonProps={closeLabel(t)}>
      <form onInput={draft.onInput} onSubmit={(event) => save.mutate(formValues(event, ["name", "description"]))}>
        <Stack>
          <TextInput
            name="name"
            label={t("groups.name")}
            defaultValue={draft.text("name", group?.name)}
            required
            withAsterisk={false}
            maxLength={64}
            data-autofocus
          />
          <Textarea
            name="description"
            label={`${t("groups.description")} (${t("common.optional")})`}
            defaultValue={draft.text("description", group?.description)}
            rows={3}
            maxLength={1000}
          />
          <FormEnd
            action={t(group ? "common.save" : "common.create")}
            pending={save.isPending}
            error={save.error}
            onClose={onClose}
          />
        </Stack>
      </form>
    </Modal>
  );
}
