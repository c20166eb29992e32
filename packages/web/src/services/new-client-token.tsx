import { Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { createClientToken, type Service } from "../api/services.ts";
import { formValues } from "../auth/form-values.ts";
import { FormEnd } from "../pieces/form-end.tsx";
import { ShownOnce } from "../pieces/shown-once.tsx";
import { useDraft } from "../pieces/use-draft.ts";
import { daysOf, ValidFor } from "../pieces/valid-for.tsx";

/** Days that it may be valid; ten years are the longest. */
const lives = [30, 90, 365, 1825] as const;

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
    <ShownOnce
      title={create.isSuccess ? t("tokens.created") : t("services.newTokenFor", { name: service.username })}
      secret={create.data?.token ?? null}
      label={t("tokens.secret")}
      told={t("tokens.once")}
      onClose={onClose}
    >
      <form
        onInput={draft.onInput}
        onSubmit={(event) => {
          const { label } = formValues(event, ["label"]);
          create.mutate({ label, days: daysOf(new FormData(event.currentTarget)) });
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
          <ValidFor label={t("tokens.expiry")} lives={lives} longest={3650} first={365} draft={draft} />
          <FormEnd pending={create.isPending} error={create.error} onClose={onClose} />
        </Stack>
      </form>
    </ShownOnce>
  );
}
