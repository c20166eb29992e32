import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Announcement, announcementsQuery, maintenanceQuery } from "../api/announcements.ts";
import { shownError } from "../api/query-trouble.ts";
import { Empty } from "../pieces/empty.tsx";
import { IconPlus } from "../pieces/icons.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { AnnouncementForm } from "./announcement-form.tsx";
import { AnnouncementRow } from "./announcement-row.tsx";
import { MaintenancePanel } from "./maintenance-panel.tsx";
import { SystemPage } from "./system-page.tsx";

/** What is told everybody: now, later and before; and the maintenance. */
export function AnnouncementsPage() {
  const { t } = useTranslation();
  const [open, setOpen] = useState<Announcement | "new" | null>(null);
  const announcements = useInfiniteQuery(announcementsQuery);
  const maintenance = useQuery(maintenanceQuery);
  const isSet = (maintenance.data?.phase ?? "none") !== "none";
  const items = announcements.data?.pages.flatMap((page) => page.items) ?? [];
  const announce = (
    <Button leftSection={<IconPlus size={18} aria-hidden="true" />} onClick={() => setOpen("new")}>
      {t("system.announce")}
    </Button>
  );
  return (
    <SystemPage title={t("system.announcementsTitle")} action={announce}>
      <MaintenancePanel />
      <Section title={t("system.announced")}>
        {announcements.isPending && <RowsLoading rows={4} />}
        {shownError(announcements) !== null && (
          <ReasonCard error={announcements.error} onRetry={() => void announcements.refetch()} />
        )}
        {announcements.data && items.length === 0 && (
          <Empty
            title={t(isSet ? "system.noAnnouncementsBeside" : "system.noAnnouncements")}
            text={t("system.noAnnouncementsText")}
          />
        )}
        <ul className={rows.rows}>
          {items.map((one) => (
            <AnnouncementRow key={one.id} announcement={one} onEdit={() => setOpen(one)} />
          ))}
        </ul>
        {announcements.hasNextPage && (
          <Button
            variant="subtle"
            loading={announcements.isFetchingNextPage}
            onClick={() => void announcements.fetchNextPage()}
          >
            {t("common.more")}
          </Button>
        )}
      </Section>
      {open !== null && (
        <AnnouncementForm {...(open === "new" ? {} : { announcement: open })} onClose={() => setOpen(null)} />
      )}
    </SystemPage>
  );
}
