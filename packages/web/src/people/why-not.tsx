import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { personWorkspacesQuery, preflightOfQuery } from "../api/person.ts";
import { shownError } from "../api/query-trouble.ts";
import { sessionTypesQuery } from "../api/sessions.ts";
import { settingsQuery } from "../api/settings.ts";
import type { Person } from "../api/types.ts";
import { useJobTypes } from "../pieces/job-types.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { Checks } from "../sessions/start/checks.tsx";
import { whatHoldsBack } from "./what-holds-back.ts";
import classes from "./why-not.module.css";

/** The checks of their own start, as they would meet them: used, allowed, by whom set, and what to do. */
export function WhyNot({ person }: { person: Person }) {
  const { t } = useTranslation();
  const { nameOf } = useJobTypes();
  const workspaces = useQuery(personWorkspacesQuery(person.id));
  const types = useQuery(sessionTypesQuery);
  const [workspace, setWorkspace] = useState<string | null>(null);
  const [type, setType] = useState<string | null>(null);
  const chosen = workspace ?? (workspaces.data?.[0] ? String(workspaces.data[0].id) : null);
  const what = type ?? types.data?.[0]?.id ?? null;
  const preflight = useQuery({
    ...preflightOfQuery(person.id, Number(chosen), what ?? ""),
    enabled: chosen !== null && what !== null,
  });
  const settings = useQuery(settingsQuery);
  const unverified = settings.data?.items.find(({ name }) => name === "STOA_UNVERIFIED_PEOPLE")?.value;
  const held = whatHoldsBack(person, unverified === "look");
  const can = preflight.data?.may_start === true && held.length === 0;
  return (
    <Section id="why-not" title={t(can ? "whyNot.can" : "whyNot.title")}>
      {held.map((one) => (
        <p key={one} className="warned">
          {t(`whyNot.${one}`)}
        </p>
      ))}
      {workspaces.data?.length === 0 ? (
        <p className="quiet">{t("whyNot.noWorkspace")}</p>
      ) : (
        <div className={classes.choice}>
          <Select
            label={t("whyNot.workspace")}
            data={(workspaces.data ?? []).map(({ id, name }) => ({ value: String(id), label: name }))}
            value={chosen}
            onChange={setWorkspace}
            allowDeselect={false}
            searchable
            comboboxProps={{ withinPortal: true }}
          />
          <Select
            label={t("whyNot.type")}
            data={(types.data ?? []).map(({ id }) => ({ value: id, label: nameOf(id) }))}
            value={what}
            onChange={setType}
            allowDeselect={false}
            comboboxProps={{ withinPortal: true }}
          />
        </div>
      )}
      {preflight.isLoading && <RowsLoading rows={3} height={28} />}
      {shownError(preflight) !== null && (
        <ReasonCard error={preflight.error} onRetry={() => void preflight.refetch()} />
      )}
      {preflight.data && (
        <>
          <p className="quiet small">{t("whyNot.theirWords")}</p>
          <Checks preflight={preflight.data} hours={null} adds={false} />
        </>
      )}
    </Section>
  );
}
