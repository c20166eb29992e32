import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { latinNumber } from "../locales/latin.ts";
import { useLocale } from "../locales/use-locale.tsx";
import type { KeptDraft } from "./use-draft.ts";

const dayMs = 86_400_000;

/** The moment that is so many days ahead. */
export const untilDay = (days: number): Date => new Date(Date.now() + days * dayMs);

/** The days that a form with `ValidFor` says. */
export function daysOf(data: FormData): number {
  const chosen = String(data.get("days"));
  return Number(chosen === "own" ? latinNumber(String(data.get("own_days"))) : chosen);
}

interface ValidForProps {
  readonly label: string;
  /** Days to choose among; any other number by hand, up to `longest`. */
  readonly lives: readonly number[];
  readonly longest: number;
  /** Of `lives`. */
  readonly first: number;
  readonly draft: KeptDraft;
}

/** For how long something holds, and the day that this comes to in the reader's own calendar: no browser's date field knows it. */
export function ValidFor({ label, lives, longest, first, draft }: ValidForProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const [chosen, setChosen] = useState(draft.text("days", String(first)));
  const [own, setOwn] = useState(draft.text("own_days", format.id(14)));
  const days = Number(latinNumber(own));
  const fits = Number.isInteger(days) && days >= 1 && days <= longest;
  const until = (count: number) => t("tokens.forDays", { days: count, date: format.date(untilDay(count)) });
  const range = t("quickStart.between", { min: 1, max: longest });
  return (
    <>
      <NativeSelect
        name="days"
        label={label}
        value={chosen}
        onChange={(event) => setChosen(event.currentTarget.value)}
        data={[
          ...lives.map((count) => ({ value: String(count), label: until(count) })),
          { value: "own", label: t("validFor.own") },
        ]}
      />
      {chosen === "own" && (
        <TextInput
          name="own_days"
          label={t("validFor.days")}
          description={fits ? until(days) : range}
          inputMode="numeric"
          autoComplete="off"
          maxLength={5}
          required
          withAsterisk={false}
          value={own}
          onChange={(event) => setOwn(event.currentTarget.value)}
          ref={(field) => field?.setCustomValidity(fits ? "" : range)}
        />
      )}
    </>
  );
}
