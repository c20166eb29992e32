import { TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { askForPersonDeletion } from "../api/deletion.ts";
import type { Person } from "../api/types.ts";
import { Confirm } from "../pieces/confirm.tsx";

/** In how many days; until then it can be taken back. */
export function DeletePerson(props: { person: Person; graceDays: number; onClose: () => void }) {
  const { person, graceDays, onClose } = props;
  const { t } = useTranslation();
  const client = useQueryClient();
  const [days, setDays] = useState(String(graceDays));
  const ask = useMutation({
    mutationFn: () => askForPersonDeletion(person.id, Number(days)),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ["people"] });
    },
  });
  return (
    <Confirm
      opened
      danger
      title={t("deletion.theirsTitle", { name: person.full_name || person.username })}
      text={t("deletion.theirsText")}
      action={t("deletion.askTheirs")}
      pending={ask.isPending}
      error={ask.error}
      onConfirm={() => ask.mutate()}
      onClose={onClose}
    >
      <TextInput
        type="number"
        label={t("deletion.days")}
        min={0}
        max={365}
        value={days}
        onChange={(event) => setDays(event.currentTarget.value)}
        data-autofocus
      />
    </Confirm>
  );
}
