import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type OwnStorage, ownStorageQuery, recountOwnStorage } from "../../api/own-storage.ts";
import { replacingError } from "../../api/query-trouble.ts";
import { storageHistoryQuery } from "../../api/storage.ts";
import { Empty } from "../../pieces/empty.tsx";
import { Hint } from "../../pieces/hint.tsx";
import { Page, Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { HistorySection, historySpans } from "../history-section.tsx";
import { RecountButton } from "../recount-button.tsx";
import { OutOfRoom } from "../rescue/out-of-room.tsx";
import { StorageMeter } from "../storage-meter.tsx";
import { GroupStorages } from "./group-storages.tsx";

/** How full one's storage is, how it grew, and the way out of being full. */
export function OwnStoragePage() {
  const { t } = useTranslation();
  const storage = useQuery(ownStorageQuery);
  const trouble = replacingError(storage);
  return (
    <Page title={t("storage.ownTitle")}>
      {storage.isPending && <RowsLoading rows={3} height={90} />}
      {trouble !== null && <ReasonCard error={trouble} onRetry={() => void storage.refetch()} />}
      {storage.data && trouble === null && <Loaded storage={storage.data} />}
    </Page>
  );
}

function Loaded({ storage }: { storage: OwnStorage }) {
  const { t } = useTranslation();
  const { own, groups } = storage;
  // The month's forecast is the meter's ghost, whatever span the chart shows.
  const { data: history } = useQuery({ ...storageHistoryQuery(null, historySpans[0]), enabled: own !== null });
  if (own === null && groups.length === 0) return <Empty title={t("storage.none")} text={t("storage.noneText")} />;
  return (
    <>
      {own !== null && (
        <>
          <Section title={t("storage.yours")} hint={<Hint about={t("storage.yours")}>{t("storage.about")}</Hint>}>
            <StorageMeter
              subject={own}
              label={
                own.quota_set_by === null ? t("storage.usedByYou") : t("startForm.setBy", { name: own.quota_set_by })
              }
              forecast={history?.forecast}
              action={<RecountButton asOf={own.as_of} onRecount={recountOwnStorage} />}
            />
          </Section>
          <OutOfRoom storage={storage} />
          <HistorySection of={null} subject={own} />
        </>
      )}
      <GroupStorages groups={groups} />
    </>
  );
}
