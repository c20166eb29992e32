import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { createClientToken, type Service } from "../api/services.ts";
import { formValues } from "../auth/form-values.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { CopyLine } from "../pieces/copy-line.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { useDraft } from "../pieces/use-draft.ts";

const longestDays = 3650;

/** What for and how long; then the secret, once. */
export function NewClientToken({ service, onClose }: { service: Service; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft(`service.${service.id}.token`);
  const create = useMutation({
    mutationFn: (token: { label: string; days: number }) => createClientToken(service.id, token),
    onSuccess: () => {
      draft.clear();
      return client.invalidateQueries({ queryKey: ["services"] });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={create.isSuccess ? t("tokens.created") : t("services.newTokenFor", { name: service.username })}
      closeButtonProps={closeLabel(t)}
      closeOnClickOutside={!create.isSuccess}
      size="lg"
    >
      {create.isSuccess ? (
        <Stack>
          <p>{t("tokens.once")}</p>
          <CopyLine text={create.data.token} label={t("tokens.secret")} />
          <Group justify="flex-end">
            <Button onClick={onClose}>{t("common.close")}</Button>
          </Group>
        </Stack>
      ) : (
        <form
          onInput={draft.onInput}
          onSubmit={(event) => {
            const { label, days } = formValues(event, ["label", "days"]);
            create.mutate({ label, days: Number(days) });
          }}
        >
          <Stack>
            <TextInput
              name="label"
              defaultValue={draft.text("label")}
              label={t("tokens.label")}
              required
              withAsterisk={false}
              maxLength={200}
              data-autofocus
            />
            <TextInput
              name="days"
              type="number"
              label={t("services.days")}
              defaultValue={draft.text("days", "365")}
              min={1}
              max={longestDays}
              required
              withAsterisk={false}
            />
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
      )}
    </Modal>
  );
}
