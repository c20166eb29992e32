import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import { servicesQuery } from "../api/services.ts";
import { Empty } from "../pieces/empty.tsx";
import { IconPlus } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { SystemPage } from "../system/system-page.tsx";
import { NewService } from "./new-service.tsx";
import { ServiceCard } from "./service-card.tsx";
import classes from "./services.module.css";

/** Programs' accounts, each with its client tokens. */
export function ServicesPage() {
  const { t } = useTranslation();
  const [making, setMaking] = useState(false);
  const services = useInfiniteQuery(servicesQuery);
  const items = services.data?.pages.flatMap((page) => page.items) ?? [];
  const action = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => setMaking(true)}>
      {t("services.new")}
    </Button>
  );
  return (
    <SystemPage title={t("services.title")} action={action}>
      <p className="quiet">{t("services.lead")}</p>
      {services.isPending && <RowsLoading rows={3} />}
      {shownError(services) !== null && <ReasonCard error={services.error} onRetry={() => void services.refetch()} />}
      {services.data && items.length === 0 && <Empty title={t("services.empty")} text={t("services.emptyText")} />}
      <ul className={classes.services}>
        {items.map((service) => (
          <ServiceCard key={service.id} service={service} />
        ))}
      </ul>
      {services.hasNextPage && (
        <Button variant="subtle" loading={services.isFetchingNextPage} onClick={() => void services.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
      {making && <NewService onClose={() => setMaking(false)} />}
    </SystemPage>
  );
}
