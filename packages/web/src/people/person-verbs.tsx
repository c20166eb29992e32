import { Button, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { vouchForEmail } from "../api/people.ts";
import { resetSecondFactor } from "../api/second-factor.ts";
import type { Person } from "../api/types.ts";
import { Confirm } from "../pieces/confirm.tsx";
import { Section } from "../pieces/page.tsx";
import { ActAs } from "./act-as.tsx";
import { type PersonChange, PersonDialog } from "./person-dialog.tsx";
import { linkWord, ResetLink } from "./reset-link.tsx";

type Asked = PersonChange | "resetLink" | "secondFactor" | "vouch" | "actAs";
/** Asked by dialogs of their own. */
const own: readonly Asked[] = ["resetLink", "vouch", "secondFactor", "actAs"];
const isChange = (asked: Asked): asked is PersonChange => !own.includes(asked);

/** What an administrator may do for somebody, each asked once before. Nothing of it to themselves. */
export function PersonVerbs({ person, self }: { person: Person; self: boolean }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const verb = (what: Asked, word: string, danger = false) => (
    <Button variant="default" color={danger ? "bad" : "accent"} onClick={() => setAsked(what)}>
      {t(word)}
    </Button>
  );
  const unproven = person.new_email !== null || !person.email_verified;
  if (person.status === "deleted") return null;
  return (
    <Section title={t("people.verbs")}>
      <Stack gap="xs">
        {!self && !person.is_admin && person.status === "active" && verb("actAs", "acting.verb")}
        {verb("resetLink", linkWord(person))}
        {unproven && verb("vouch", "people.vouch")}
        {person.second_factor && !self && verb("secondFactor", "people.resetSecondFactor")}
        {!self &&
          verb(
            person.is_admin ? "removeAdmin" : "makeAdmin",
            person.is_admin ? "people.removeAdmin" : "people.makeAdmin",
          )}
        {!self &&
          verb(
            person.status === "active" ? "deactivate" : "activate",
            person.status === "active" ? "people.deactivate" : "people.activate",
          )}
      </Stack>
      {asked === "resetLink" && <ResetLink person={person} onClose={close} />}
      {(asked === "vouch" || asked === "secondFactor") && <Ask person={person} what={asked} onClose={close} />}
      {asked === "actAs" && <ActAs person={person} onClose={close} />}
      {asked !== null && isChange(asked) && <PersonDialog person={person} change={asked} onClose={close} />}
    </Section>
  );
}

function Ask({ person, what, onClose }: { person: Person; what: "vouch" | "secondFactor"; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const email = person.new_email ?? person.email;
  const name = person.full_name || person.username;
  const act = useMutation({
    mutationFn: async (): Promise<unknown> =>
      what === "vouch" ? vouchForEmail(person.id, email) : resetSecondFactor(person.id),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ["people"] });
    },
  });
  const words = what === "vouch" ? "people.vouch" : "people.resetSecondFactor";
  return (
    <Confirm
      opened
      danger={what === "secondFactor"}
      title={t(`${words}Title`, { name, email })}
      text={t(`${words}Text`, { name, email })}
      action={t(words)}
      pending={act.isPending}
      error={act.error}
      onConfirm={() => act.mutate()}
      onClose={onClose}
    />
  );
}
