import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { StorageSubject } from "../../api/storage.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { Section } from "../../pieces/page.tsx";
import rows from "../../pieces/rows.module.css";

/** Whose it is and where from: what changes seldom. */
export function SubjectFacts({ subject }: { subject: StorageSubject }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { account, group, kind } = subject;
  return (
    <Section title={t("adminStorage.facts")}>
      <dl className={rows.facts}>
        <dt>{t("adminStorage.directory")}</dt>
        <dd>
          <bdi dir="ltr">{kind === "group" ? `groups/${subject.name}` : subject.name}</bdi>
        </dd>
        <dt>{t("adminStorage.owner")}</dt>
        <dd>
          {account !== null && (
            <Link to="/people/$personId" params={{ personId: String(account.id) }}>
              <bdi>{account.full_name || account.username}</bdi>
            </Link>
          )}
          {group !== null && (
            <Link to="/groups/$groupId" params={{ groupId: String(group.id) }}>
              <bdi>{group.name}</bdi>
            </Link>
          )}
          {account === null && group === null && t("adminStorage.nobodys")}
        </dd>
        <dt>{t("adminStorage.enforced")}</dt>
        <dd>{t(subject.enforced ? "adminStorage.enforcedYes" : "adminStorage.enforcedNo")}</dd>
        {subject.quota_set_at !== null && (
          <>
            <dt>{t("adminStorage.quotaSince")}</dt>
            <dd>{format.dateTime(subject.quota_set_at)}</dd>
          </>
        )}
        <dt>{t(subject.adopted ? "adminStorage.foundOn" : "adminStorage.madeOn")}</dt>
        <dd>{format.dateTime(subject.created_at)}</dd>
      </dl>
    </Section>
  );
}
