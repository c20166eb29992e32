import { Button, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asApiError } from "../api/api-error.ts";
import { createPerson } from "../api/people.ts";
import { formValues } from "../auth/form-values.ts";
import { useErrorText } from "../locales/error-text.ts";
import { locales } from "../locales/locale.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { useDraft } from "../pieces/use-draft.ts";
import { FirstLink } from "./first-link.tsx";
import { fieldOf } from "./refused-field.ts";

const fields = ["full_name", "username", "email", "locale"] as const;

/** Who it is; then, once, the link with which they choose a password. */
export function NewPerson({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const tell = useErrorText();
  const client = useQueryClient();
  const draft = useDraft("person.new");
  const create = useMutation({
    mutationFn: createPerson,
    onSuccess: () => {
      draft.clear();
      return client.invalidateQueries({ queryKey: ["people"] });
    },
    onError: (error) => {
      const field = fieldOf(asApiError(error));
      if (field) document.getElementsByName(field)[0]?.focus();
    },
  });
  const refused = create.isError ? fieldOf(asApiError(create.error)) : null;
  const problem = (field: string) => (refused === field ? tell(create.error).text : undefined);
  return (
    <Modal
      opened
      onClose={onClose}
      title={create.isSuccess ? t("people.createdTitle", { name: create.data.person.full_name }) : t("people.new")}
      closeButtonProps={closeLabel(t)}
      closeOnClickOutside={!create.isSuccess}
      size="lg"
    >
      {create.isSuccess ? (
        <FirstLink {...create.data} onClose={onClose} />
      ) : (
        <form
          onInput={draft.onInput}
          onSubmit={(event) => {
            const { locale, ...person } = formValues(event, fields);
            create.mutate({ ...person, locale: locales.find((one) => one === locale) ?? null });
          }}
        >
          <Stack>
            <p className="quiet">{t("people.newText")}</p>
            <TextInput
              name="full_name"
              defaultValue={draft.text("full_name")}
              label={t("auth.fullName")}
              error={problem("full_name")}
              required
              withAsterisk={false}
              maxLength={200}
              autoComplete="off"
              data-autofocus
            />
            <TextInput
              name="username"
              defaultValue={draft.text("username")}
              label={t("auth.username")}
              description={t("auth.usernameRule")}
              error={problem("username")}
              required
              withAsterisk={false}
              maxLength={20}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
            />
            <TextInput
              name="email"
              defaultValue={draft.text("email")}
              type="email"
              label={t("auth.email")}
              error={problem("email")}
              required
              withAsterisk={false}
              maxLength={254}
              autoComplete="off"
            />
            <NativeSelect
              name="locale"
              defaultValue={draft.text("locale")}
              label={t("language.label")}
              data={[
                { value: "", label: t("people.anyLanguage") },
                ...locales.map((value) => ({ value, label: t(`language.${value}`) })),
              ]}
            />
            {create.isError && refused === null && <ReasonCard error={create.error} />}
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
