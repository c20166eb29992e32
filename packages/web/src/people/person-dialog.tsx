import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { updatePerson } from "../api/people.ts";
import type { Person } from "../api/types.ts";
import { Confirm } from "../pieces/confirm.tsx";

/** What an administrator may change about a person; each is asked once before. */
const changes = {
  activate: { body: { active: true }, title: "people.activate", text: null, danger: false },
  deactivate: { body: { active: false }, title: "people.deactivateTitle", text: "people.deactivateText", danger: true },
  makeAdmin: { body: { is_admin: true }, title: "people.makeAdminTitle", text: "people.makeAdminText", danger: false },
  removeAdmin: {
    body: { is_admin: false },
    title: "people.removeAdminTitle",
    text: "people.removeAdminText",
    danger: true,
  },
} as const;

export type PersonChange = keyof typeof changes;

export function PersonDialog(props: { person: Person; change: PersonChange; onClose: () => void }) {
  const { person, change, onClose } = props;
  const { t } = useTranslation();
  const client = useQueryClient();
  const wish = changes[change];
  const name = person.full_name || person.username;
  const apply = useMutation({
    mutationFn: () => updatePerson(person.id, wish.body),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ["people"] });
    },
  });
  return (
    <Confirm
      opened
      danger={wish.danger}
      title={t(wish.title, { name })}
      text={wish.text ? t(wish.text) : name}
      action={t(`people.${change}`)}
      pending={apply.isPending}
      error={apply.error}
      onConfirm={() => apply.mutate()}
      onClose={onClose}
    />
  );
}
