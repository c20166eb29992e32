import { NativeSelect, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asApiError } from "../api/api-error.ts";
import { createPerson } from "../api/people.ts";
import { formValues } from "../auth/form-values.ts";
import { useErrorText } from "../locales/error-text.ts";
import { locales } from "../locales/locale.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { FormEnd } from "../pieces/form-end.tsx";
import { ShownOnce } from "../pieces/shown-once.tsx";
import { useDraft } from "../pieces/use-draft.ts";
import { LinkOnlyHere } from "./link-only-here.tsx";
import { fieldOf } from "./refused-field.ts";

const fields = ["full_name", "username", "email", "locale"] as const;

/** Who it is; then, once, the link with which they choose a password. */
export function NewPerson({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { format } = useLocale();
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
  const { full_name: name = "", username = "", email = "" } = create.data?.person ?? {};
  const until = create.isSuccess ? format.dateTime(create.data.link.expires_at) : "";
  return (
    <ShownOnce
      title={create.isSuccess ? t("people.createdTitle", { name }) : t("people.new")}
      secret={create.data?.link.url ?? null}
      label={t("people.firstSignInLink")}
      told={t("people.createdText", { name, username, until })}
      below={
        <>
          {create.data?.mailed && <p>{t("people.createdMailed", { email })}</p>}
          <LinkOnlyHere url={create.data?.link.url} />
        </>
      }
      onClose={onClose}
    >
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
          <FormEnd pending={create.isPending} error={refused === null ? create.error : null} onClose={onClose} />
        </Stack>
      </form>
    </ShownOnce>
  );
}
