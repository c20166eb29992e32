import { ActionIcon } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { type CurrentMaintenance, dismissAnnouncement, type ShownAnnouncement } from "../api/announcements.ts";
import { sessionQuery } from "../api/auth.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Boundary } from "../pieces/boundary.tsx";
import { IconAlertTriangle, IconInfoCircle, IconX } from "../pieces/icons.ts";
import classes from "./banners.module.css";
import { MaintenanceBanner } from "./maintenance-banner.tsx";
import { saidIn, withoutMarks } from "./said.ts";

const SimpleMarkdown = lazy(() =>
  import("./simple-markdown.tsx").then((module) => ({ default: module.SimpleMarkdown })),
);

interface BannersProps {
  readonly maintenance: CurrentMaintenance | null;
  readonly announcements: readonly ShownAnnouncement[];
  readonly isAdmin: boolean;
}

/** A line each: the maintenance first, then warnings, then the rest. */
export function Banners({ maintenance, announcements, isAdmin }: BannersProps) {
  const { t } = useTranslation();
  return (
    <section className={classes.banners} aria-label={t("system.announced")}>
      {maintenance && <MaintenanceBanner maintenance={maintenance} isAdmin={isAdmin} />}
      {announcements.map((announcement) => (
        <Banner key={announcement.id} announcement={announcement} />
      ))}
    </section>
  );
}

function Banner({ announcement }: { announcement: ShownAnnouncement }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data: session } = useQuery(sessionQuery);
  const { locale } = useLocale();
  const { title, text } = saidIn(locale, announcement);
  const hide = useMutation({
    mutationFn: () => dismissAnnouncement(announcement.id),
    onSuccess: () => client.invalidateQueries({ queryKey: ["announcements"] }),
  });
  const isWarning = announcement.kind === "warning";
  const Icon = isWarning ? IconAlertTriangle : IconInfoCircle;
  return (
    <div className={classes.banner} data-tone={isWarning ? "warn" : "accent"} role={isWarning ? "alert" : "status"}>
      <Icon size={20} aria-label={t(`system.kinds.${announcement.kind}`)} role="img" className={classes.icon} />
      <div className={classes.said} dir="auto">
        <strong>{title}</strong>
        {text !== "" && (
          <div className={classes.text}>
            <Boundary key={text} instead={<p>{withoutMarks(text)}</p>}>
              <Suspense fallback={<p>{withoutMarks(text)}</p>}>
                <SimpleMarkdown text={text} />
              </Suspense>
            </Boundary>
          </div>
        )}
      </div>
      {announcement.dismissible && session?.account && (
        <ActionIcon
          className={classes.end}
          size="md"
          loading={hide.isPending}
          aria-label={t("system.dismiss", { title })}
          title={t("common.close")}
          onClick={() => hide.mutate()}
        >
          <IconX size={18} aria-hidden="true" />
        </ActionIcon>
      )}
    </div>
  );
}
