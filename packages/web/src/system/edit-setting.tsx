import { Button, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { changeSetting, type Setting, type Settings, settingsQuery } from "../api/settings.ts";
import { CodeField, plainDigits } from "../auth/code-field.tsx";
import { formValues } from "../auth/form-values.ts";
import { PasswordField } from "../auth/password-field.tsx";
import { useLocale } from "../locales/use-locale.tsx";
import { closeLabel } from "../pieces/confirm.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { useUndo } from "../pieces/undo.tsx";
import { choiceKeys, wordsOf } from "./setting-groups.ts";

interface Wanted {
  /** Null: the default. */
  readonly value: string | null;
  readonly proof?: NonNullable<Parameters<typeof changeSetting>[2]>;
}

/** One setting's new value, or back to its default. Undone by a click, but a dangerous one asks for the password. */
export function EditSetting({ setting, onClose }: { setting: Setting; onClose: () => void }) {
  const { t } = useTranslation();
  const { locale } = useLocale();
  const client = useQueryClient();
  const offerUndo = useUndo();
  const { data: session } = useQuery(sessionQuery);
  const { title, about } = wordsOf(setting, locale);
  const show = (settings: Settings) => client.setQueryData(settingsQuery.queryKey, settings);
  const save = useMutation({
    mutationFn: ({ value, proof }: Wanted) => changeSetting(setting, value, proof),
    // Kept at once: an event may bring the new value before the call's own answer does.
    onMutate: () => setting.chosen,
    onSuccess: (settings, _wanted, before) => {
      show(settings);
      const { version = 0 } = settings.items.find(({ name }) => name === setting.name) ?? {};
      onClose();
      if (setting.dangerous) return;
      offerUndo({
        text: t("system.settingChanged", { name: title }),
        undo: async () => show(await changeSetting({ name: setting.name, version }, before)),
      });
    },
    // Somebody else changed it: what is shown behind the dialog, and the next try, are of what it is now.
    onError: () => client.invalidateQueries({ queryKey: settingsQuery.queryKey }),
  });
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={closeLabel(t)}>
      <form
        onSubmit={(event) => {
          const { value } = formValues(event, ["value"]);
          save.mutate({ value, ...proofIn(event.currentTarget, setting) });
        }}
      >
        <Stack>
          <p className="quiet">{about}</p>
          <Field setting={setting} />
          {setting.changed_at !== null && (
            <p className="small quiet">{t("system.before", { value: setting.previous ?? t("system.theDefault") })}</p>
          )}
          {setting.dangerous && (
            <>
              <p className="warned">{t("system.dangerous")}</p>
              <PasswordField name="current_password" label={t("acting.ownPassword")} />
              {session?.account?.second_factor && <CodeField />}
            </>
          )}
          {save.isError && <ReasonCard error={save.error} />}
          <Group justify="flex-end">
            {setting.chosen !== null && (
              <Button
                variant="subtle"
                disabled={save.isPending}
                onClick={({ currentTarget: { form } }) => {
                  if (form?.reportValidity()) save.mutate({ value: null, ...proofIn(form, setting) });
                }}
              >
                {t("system.toDefault")}
              </Button>
            )}
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("common.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** The password, as it was typed, and the code; of a dangerous setting only. */
function proofIn(form: HTMLFormElement, { dangerous }: Setting): Pick<Wanted, "proof"> {
  if (!dangerous) return {};
  const typed = new FormData(form);
  const code = plainDigits(String(typed.get("code") ?? "").trim());
  return { proof: { current_password: String(typed.get("current_password") ?? ""), ...(code ? { code } : {}) } };
}

function Field({ setting }: { setting: Setting }) {
  const { t } = useTranslation();
  const { form, choices, accepts, value } = setting;
  const shared = { name: "value", label: t("system.newValue"), defaultValue: value ?? "", "data-autofocus": true };
  if (form === "choice") {
    const data = choices.map((one) => ({ value: one, label: t(choiceKeys(setting.name, one), { defaultValue: one }) }));
    return <NativeSelect {...shared} data={data} />;
  }
  return (
    <TextInput
      {...shared}
      dir="ltr"
      autoComplete="off"
      spellCheck={false}
      maxLength={4000}
      inputMode={form === "number" ? "numeric" : "text"}
      description={t(`system.hints.${form}`, { accepts: accepts.replaceAll("`", "") })}
    />
  );
}
