import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import {
  type Announcement,
  changeAnnouncement,
  deleteAnnouncement,
  endAnnouncement,
  restoreAnnouncement,
} from "../api/announcements.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconAlertTriangle, IconInfoCircle } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { StateChip } from "../pieces/state-chip.tsx";
import { useUndo } from "../pieces/undo.tsx";
import { saidIn, withoutMarks } from "./said.ts";
import classes from "./system.module.css";

/** One announcement: what, to whom, when; edited, ended and deleted, each with the way back. */
export function AnnouncementRow({ announcement, onEdit }: { announcement: Announcement; onEdit: () => void }) {
  const { locale } = useLocale();
  const { title, text } = saidIn(locale, announcement);
  const Icon = announcement.kind === "warning" ? IconAlertTriangle : IconInfoCircle;
  return (
    <li className={`${rows.row} ${classes.announcement}`}>
      <Icon size={20} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <bdi className={classes.strong}>{title}</bdi>
        {text !== "" && (
          <span className={`${rows.under} ${rows.wrapping}`} dir="auto">
            {withoutMarks(text)}
          </span>
        )}
        <span className="small quiet">
          <Facts announcement={announcement} />
        </span>
      </div>
      <StateChip domain="announcement" state={announcement.state} />
      <Verbs announcement={announcement} title={title} onEdit={onEdit} />
    </li>
  );
}

function Facts({ announcement }: { announcement: Announcement }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { audience, group_name, starts_at, ends_at, created_by } = announcement;
  const from = format.time(starts_at);
  const facts = [
    audience === "group"
      ? t("system.forGroup", { group: group_name ?? "" })
      : t(announcement.public ? "system.forPublic" : `system.for.${audience}`),
    ends_at === null ? t("system.from", { from }) : t("system.fromUntil", { from, until: format.time(ends_at) }),
    ...(`${announcement.title_fa}${announcement.text_fa}` === "" ? [] : [t("system.alsoPersian")]),
    ...(created_by === null ? [] : [t("system.by", { name: created_by })]),
  ];
  return facts.join(" · ");
}

interface VerbsProps {
  readonly announcement: Announcement;
  readonly title: string;
  onEdit(): void;
}

function Verbs({ announcement, title, onEdit }: VerbsProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const offerUndo = useUndo();
  const renew = () => client.invalidateQueries({ queryKey: ["announcements"] });
  const end = useMutation({
    mutationFn: () => endAnnouncement(announcement),
    // Kept at once: an event may tell of its end before the call's own answer does.
    onMutate: () => announcement,
    onSuccess: ({ version }, _nothing, before) => {
      offerUndo({
        text: t("system.announcementEnded", { title }),
        undo: async () => {
          await changeAnnouncement(announcement.id, { ...before, version });
          await renew();
        },
      });
      return renew();
    },
  });
  const remove = useMutation({
    mutationFn: () => deleteAnnouncement(announcement.id),
    onSuccess: () => {
      offerUndo({
        text: t("system.announcementDeleted", { title }),
        undo: async () => {
          await restoreAnnouncement(announcement.id);
          await renew();
        },
      });
      return renew();
    },
  });
  const failed = end.error ?? remove.error;
  return (
    <div className={classes.verbs}>
      <Button variant="default" size="xs" aria-label={t("system.editOne", { title })} onClick={onEdit}>
        {t("system.edit")}
      </Button>
      {announcement.state === "shown" && (
        <Button
          variant="default"
          size="xs"
          loading={end.isPending}
          aria-label={t("system.endOne", { title })}
          onClick={() => end.mutate()}
        >
          {t("system.endNow")}
        </Button>
      )}
      <Button
        variant="subtle"
        color="bad"
        size="xs"
        loading={remove.isPending}
        aria-label={t("system.deleteOne", { title })}
        onClick={() => remove.mutate()}
      >
        {t("common.delete")}
      </Button>
      {failed && <ReasonCard error={failed} onRetry={() => void renew()} />}
    </div>
  );
}
