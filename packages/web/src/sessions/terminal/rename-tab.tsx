import { Button, Group, Modal, TextInput } from "@mantine/core";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Session } from "../../api/types.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { renameTab } from "./tab-names.ts";
import { useTabName } from "./tab-strip.tsx";

/** A name of one's own for a terminal; an empty one gives it its number again. */
export function RenameTab({ session, onClose }: { session: Session; onClose: () => void }) {
  const { t } = useTranslation();
  const nameOf = useTabName();
  const [name, setName] = useState(nameOf(session));
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    renameTab(session.id, name);
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={t("terminal.renameTitle")} closeButtonProps={closeLabel(t)}>
      <form onSubmit={submit}>
        <TextInput
          data-autofocus
          label={t("terminal.name")}
          description={t("terminal.nameHelp")}
          dir="auto"
          maxLength={60}
          value={name}
          onFocus={(event) => event.currentTarget.select()}
          onChange={({ currentTarget: { value } }) => setName(value)}
        />
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit">{t("common.save")}</Button>
        </Group>
      </form>
    </Modal>
  );
}
