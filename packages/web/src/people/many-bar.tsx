import { Button, Checkbox } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeMany, type ManyVerb, type PeopleLook, type Whom } from "../api/people.ts";
import type { ListedPerson } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Confirm } from "../pieces/confirm.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { AddToGroup } from "./add-to-group.tsx";
import classes from "./many.module.css";
import { ManyCoreHours } from "./many-core-hours.tsx";
import { PeopleFile } from "./people-file.tsx";
import type { Chosen } from "./use-chosen.ts";
import { verbsFor } from "./verbs-for.ts";
import { WhomText } from "./whom-text.tsx";

interface ManyBarProps {
  readonly chosen: Chosen;
  readonly look: PeopleLook;
  /** Those of the list that are loaded. */
  readonly rows: readonly ListedPerson[];
  readonly total: number;
  /** A change has begun. */
  onChange(operationId: string): void;
}

type Asked = "activate" | "deactivate" | "approve" | "group" | "hours";

/** Choosing everybody of the list; and, once somebody is chosen, what may be done to all of them. */
export function ManyBar({ chosen, look, rows, total, onChange }: ManyBarProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const [asked, setAsked] = useState<Asked | null>(null);
  const count = chosen.all ? total : chosen.ids.size;
  const filter = { ...(look.search ? { search: look.search } : {}), ...(look.state ? { state: look.state } : {}) };
  const whom: Whom = chosen.all
    ? { filter: { ...filter, state: look.state ?? "all" }, expected: total }
    : { ids: [...chosen.ids] };
  const change = useMutation({
    mutationFn: (verb: ManyVerb) => changeMany(verb, whom),
    onSuccess: ({ operation_id }) => {
      setAsked(null);
      chosen.clear();
      onChange(operation_id);
    },
  });
  const close = () => {
    change.reset();
    setAsked(null);
  };
  const verb = (what: Asked, word: string) => (
    <Button size="xs" variant="default" onClick={() => setAsked(what)}>
      {t(word)}
    </Button>
  );
  const known = rows.filter(({ id }) => chosen.has(id));
  const may = verbsFor(known, count, look.state);
  const whomText = <WhomText people={known} count={count} />;
  if (total === 0 && count === 0) return null;
  const dialog = { children: whomText, pending: change.isPending, error: change.error, count, onClose: close };
  return (
    <fieldset className={classes.bar} data-open={count > 0 || undefined} aria-label={t("people.many")}>
      <Checkbox
        label={
          count > 0
            ? t("people.chosen", { count, n: format.number(count) })
            : t("people.chooseAll", { n: format.number(total) })
        }
        checked={chosen.all && total > 0}
        indeterminate={!chosen.all && count > 0}
        onChange={(event) => (event.currentTarget.checked && count === 0 ? chosen.chooseAll() : chosen.clear())}
      />
      {count > 0 && !chosen.all && count < total && (
        <Button size="xs" variant="subtle" onClick={chosen.chooseAll}>
          {t("people.chooseAll", { n: format.number(total) })}
        </Button>
      )}
      {count > 0 && (
        <div className={classes.verbs}>
          {may.approve && verb("approve", "people.approve")}
          {may.activate && verb("activate", "people.activate")}
          {may.deactivate && verb("deactivate", "people.deactivate")}
          {verb("group", "people.addToGroup")}
          {verb("hours", "people.setHours")}
        </div>
      )}
      <PeopleFile ids={chosen.all ? [] : [...chosen.ids]} filter={filter} />
      {change.isError && asked === null && <ReasonCard error={change.error} />}
      {(asked === "activate" || asked === "deactivate" || asked === "approve") && (
        <Confirm
          opened
          danger={asked === "deactivate"}
          title={t(`people.${asked}Many`, { count, n: format.number(count) })}
          text={t(`people.${asked}ManyText`)}
          action={t(`people.${asked}`)}
          pending={change.isPending}
          error={change.error}
          onConfirm={() => change.mutate({ verb: asked })}
          onClose={close}
        >
          {whomText}
        </Confirm>
      )}
      {asked === "group" && (
        <AddToGroup {...dialog} onGroup={(id) => change.mutate({ verb: "add-to-group", params: { group_id: id } })} />
      )}
      {asked === "hours" && (
        <ManyCoreHours {...dialog} onHours={(params) => change.mutate({ verb: "core-hours", params })} />
      )}
    </fieldset>
  );
}
