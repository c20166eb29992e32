import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { type Mail, mailsQuery } from "../api/mails.ts";
import { shownError } from "../api/query-trouble.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Empty } from "../pieces/empty.tsx";
import { IconMail } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import { SystemPage } from "../system/system-page.tsx";
import { MailVerbs } from "./mail-verbs.tsx";
import classes from "./mails.module.css";
import { ReadMail } from "./read-mail.tsx";
import { subjectDirection } from "./subject-direction.ts";
import { TestMail } from "./test-mail.tsx";

/** What Stoa mailed, or would have: without a mail server an administrator passes it on. */
export function MailsPage() {
  const { t } = useTranslation();
  const { data: known } = useQuery(sessionQuery);
  const [reading, setReading] = useState<Mail | null>(null);
  const mails = useInfiniteQuery(mailsQuery);
  const items = mails.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <SystemPage title={t("mails.title")} action={<TestMail to={known?.account?.email ?? ""} />}>
      {known?.features.mail === false && <p className="quiet">{t("mails.noServer")}</p>}
      {mails.isPending && <RowsLoading rows={6} />}
      {shownError(mails) !== null && <ReasonCard error={mails.error} onRetry={() => void mails.refetch()} />}
      {mails.data && items.length === 0 && <Empty title={t("mails.empty")} text={t("mails.emptyText")} />}
      <ul className={rows.rows}>
        {items.map((mail) => (
          <MailRow key={mail.id} mail={mail} delivers={known?.features.mail === true} onRead={() => setReading(mail)} />
        ))}
      </ul>
      {mails.hasNextPage && (
        <Button variant="subtle" loading={mails.isFetchingNextPage} onClick={() => void mails.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
      {reading && <ReadMail mail={reading} onClose={() => setReading(null)} />}
    </SystemPage>
  );
}

interface MailRowProps {
  readonly mail: Mail;
  /** There is a mail server. */
  readonly delivers: boolean;
  onRead(): void;
}

function MailRow({ mail, delivers, onRead }: MailRowProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const over = mail.expires_at !== null && Date.parse(mail.expires_at) < Date.now();
  const readable = mail.state !== "sent" && !over;
  return (
    <li className={`${rows.row} ${classes.row}`}>
      <IconMail size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <bdi className="clip" dir={subjectDirection(mail.subject)}>
          {mail.subject}
        </bdi>
        <span className={rows.under}>
          <bdi>{mail.to}</bdi> · <When at={mail.created_at} />
          {mail.expires_at &&
            ` · ${t(over ? "mails.over" : "mails.until", { date: format.dateTime(mail.expires_at) })}`}
        </span>
        {mail.error && (
          <span className="small quiet" dir="auto">
            {mail.error}
          </span>
        )}
      </div>
      <div className={rows.end}>
        <StateChip domain="mail" state={mail.state} />
        <Button
          variant="default"
          size="xs"
          disabled={!readable}
          aria-label={t("mails.readOne", { subject: mail.subject, to: mail.to })}
          onClick={onRead}
        >
          {t("mails.read")}
        </Button>
        <MailVerbs mail={mail} resendable={delivers && readable} />
      </div>
    </li>
  );
}
