import { Checkbox, TextInput } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
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

/** People by name or e-mail address, as they are typed. */
export function FindPeople({ has, onChoose }: FindPeopleProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const found = useQuery({ ...directoryQuery(wanted), placeholderData: keepPreviousData });
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
          {t("sharing.nobodyFound")}
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
