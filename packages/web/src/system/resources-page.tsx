import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import { readResources, resourcesQuery } from "../api/resources.ts";
import { IconRefresh } from "../pieces/icons.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { When } from "../pieces/when.tsx";
import { FailureRow } from "./failure-row.tsx";
import { HostCard } from "./host-card.tsx";
import { SystemPage } from "./system-page.tsx";
import { TypeRow } from "./type-row.tsx";

/** What can be started, and where it runs; what is missing and how to get it. */
export function ResourcesPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const resources = useQuery(resourcesQuery);
  const again = useMutation({
    mutationFn: () => readResources(true),
    onSuccess: (data) => client.setQueryData(resourcesQuery.queryKey, data),
  });
  const { data } = resources;
  const action = (
    <Button
      variant="default"
      leftSection={<IconRefresh size={18} aria-hidden="true" />}
      loading={again.isPending}
      onClick={() => again.mutate()}
    >
      {t("system.lookAgain")}
    </Button>
  );
  return (
    <SystemPage title={t("system.resourcesTitle")} action={action}>
      {again.isError && <ReasonCard error={again.error} />}
      {resources.isPending && <RowsLoading rows={6} />}
      {shownError(resources) !== null && (
        <ReasonCard error={resources.error} onRetry={() => void resources.refetch()} />
      )}
      {data && (
        <>
          <Section title={t("system.machines")}>
            {data.hosts.map((host) => (
              <HostCard key={host.node} host={host} />
            ))}
          </Section>
          <Section
            title={t("system.programs")}
            action={
              <span className="small quiet">
                {t("system.lookedAt")} <When at={data.looked_at} />
              </span>
            }
          >
            <ul className={rows.rows}>
              {data.job_types.map((type) => (
                <TypeRow key={type.id} type={type} />
              ))}
            </ul>
          </Section>
          <Section title={t("system.failures")}>
            {data.failures.length === 0 && <p className="quiet">{t("system.noFailures")}</p>}
            <ul className={rows.rows}>
              {data.failures.map((failure) => (
                <FailureRow key={failure.id} failure={failure} />
              ))}
            </ul>
          </Section>
        </>
      )}
    </SystemPage>
  );
}
