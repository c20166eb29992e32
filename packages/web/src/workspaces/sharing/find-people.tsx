import { Checkbox, TextInput } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../../api/auth.ts";
import { directoryQuery, fullNameOf } from "../../api/directory.ts";
import { IconSearch } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import type { Chosen } from "./chosen.ts";
import classes from "./sharing.module.css";

interface FindPeopleProps {
  has(one: Chosen): boolean;
  onChoose(one: Chosen): void;
}

const shown = 8;

/** Under `sharing` in the catalogues: whom one finds at all on this server; null while it is not known. */
function useWhom() {
  const { data } = useQuery(sessionQuery);
  if (!data) return null;
  if (data.account?.is_admin) return "foundAll";
  if (data.features.find_nobody) return "foundNobody";
  return data.features.find_everyone ? "foundEveryone" : "foundSameGroups";
}

/** People by name or e-mail address, as they are typed. */
export function FindPeople({ has, onChoose }: FindPeopleProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const found = useQuery({ ...directoryQuery(wanted), placeholderData: keepPreviousData });
  const whom = useWhom();
  const people = wanted.length > 1 ? (found.data ?? []) : [];
  return (
    <div>
      <TextInput
        type="search"
        label={t("sharing.people")}
        placeholder={t("sharing.peopleHint")}
        leftSection={<IconSearch size={16} aria-hidden="true" />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      {found.isError && <ReasonCard error={found.error} />}
      {wanted.length > 1 && found.isSuccess && people.length === 0 && (
        <p className="quiet small" role="status">
          {t("sharing.nobodyFound")} {whom !== null && t(`sharing.${whom}`)}
        </p>
      )}
      {people.length > 0 && (
        <ul className={classes.found} aria-label={t("sharing.found")}>
          {people.slice(0, shown).map((person) => {
            const one: Chosen = { kind: "person", id: person.id, name: fullNameOf(person) };
            return (
              <li key={person.id}>
                <Checkbox
                  checked={has(one)}
                  onChange={() => onChoose(one)}
                  label={
                    <>
                      <bdi>{one.name}</bdi> <bdi className="quiet small">{person.email}</bdi>
                    </>
                  }
                />
              </li>
            );
          })}
        </ul>
      )}
      {people.length > shown && (
        <p className="quiet small">{t("sharing.moreFound", { count: people.length - shown })}</p>
      )}
    </div>
  );
}
