import { Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { createService } from "../api/services.ts";
import { formValues } from "../auth/form-values.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { FormEnd } from "../pieces/form-end.tsx";
import { useDraft } from "../pieces/use-draft.ts";

/** A name, and who runs it. Its first token is made afterwards. */
export function NewService({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft("service.new");
  const create = useMutation({
    mutationFn: createService,
    onSuccess: async () => {
      draft.clear();
      await client.invalidateQueries({ queryKey: ["services"] });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t("services.new")} closeButtonProps={closeLabel(t)}>
      <form onInput={draft.onInput} onSubmit={(event) => create.mutate(formValues(event, ["username", "description"]))}>
        <Stack>
          <TextInput
            name="username"
            defaultValue={draft.text("username")}
            label={t("services.name")}
            description={t("auth.usernameRule")}
            required
            withAsterisk={false}
            autoCapitalize="none"
            spellCheck={false}
            maxLength={100}
            data-autofocus
          />
          <Textarea
            name="description"
            defaultValue={draft.text("description")}
            label={t("services.description")}
            required
            withAsterisk={false}
            rows={2}
            maxLength={1000}
          />
          <FormEnd pending={create.isPending} error={create.error} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
