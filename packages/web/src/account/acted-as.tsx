import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { actedAsMeQuery } from "../api/acting.ts";
import { shownError } from "../api/query-trouble.ts";
import { ActedAsRows } from "../people/acted-as-rows.tsx";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";

/** Which administrators acted as oneself, when and why; nothing while nobody ever did. */
export function ActedAs() {
  const { t } = useTranslation();
  const acted = useInfiniteQuery(actedAsMeQuery);
  const items = acted.data?.pages.flatMap((page) => page.items) ?? [];
  const failed = shownError(acted);
  if (items.length === 0 && failed === null) return null;
  return (
    <Section id="acted-as" title={t("acting.title")}>
      <p className="quiet">{t("acting.lead")}</p>
      <ActedAsRows items={items} />
      {failed !== null && <ReasonCard error={failed} onRetry={() => void acted.refetch()} />}
      {acted.hasNextPage && (
        <Button variant="subtle" loading={acted.isFetchingNextPage} onClick={() => void acted.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
    </Section>
  );
}
