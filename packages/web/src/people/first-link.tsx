import { Button, Group, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { OneTimeLink } from "../api/people.ts";
import type { Person } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { CopyLine } from "../pieces/copy-line.tsx";
import classes from "./people.module.css";

interface FirstLinkProps {
  readonly person: Person;
  readonly link: OneTimeLink;
  readonly mailed: boolean;
  onClose(): void;
}

/** What had it is gone with the form. No button takes it: a second Enter must not close what is shown once. */
const takeFocus = (element: HTMLElement | null) => element?.focus();

/** What somebody new is given: it is shown here, and nowhere again. */
export function FirstLink({ person, link, mailed, onClose }: FirstLinkProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { full_name: name, username, email } = person;
  return (
    <Stack>
      <p className={classes.told} tabIndex={-1} ref={takeFocus}>
        {t("people.createdText", { name, username, until: format.dateTime(link.expires_at) })}
      </p>
      <CopyLine text={link.url} label={t("people.firstLink")} />
      {mailed && <p>{t("people.createdMailed", { email })}</p>}
      <Group justify="flex-end">
        <Button onClick={onClose}>{t("common.close")}</Button>
      </Group>
    </Stack>
  );
}
