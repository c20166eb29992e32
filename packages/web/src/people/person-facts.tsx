import { useTranslation } from "react-i18next";
import type { Person } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Section } from "../pieces/page.tsx";
import rows from "../pieces/rows.module.css";
import { When } from "../pieces/when.tsx";

/** Who somebody is, and how safe their account stands. */
export function PersonFacts({ person }: { person: Person }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  return (
    <Section title={t("people.facts")}>
      <dl className={rows.facts}>
        <dt>{t("account.username")}</dt>
        <dd>
          <bdi className="mono">{person.username}</bdi>
        </dd>
        <dt>{t("auth.email")}</dt>
        <dd>
          <bdi>{person.email}</bdi>{" "}
          <span className={person.email_verified ? "quiet" : "warned"}>
            ({t(person.email_verified ? "people.verified" : "people.unverified")})
          </span>
        </dd>
        {person.new_email && (
          <>
            <dt>{t("people.newEmail")}</dt>
            <dd>
              <bdi>{person.new_email}</bdi>
            </dd>
          </>
        )}
        {person.organization && (
          <>
            <dt>{t("auth.organization")}</dt>
            <dd>
              <bdi>{person.organization}</bdi>
            </dd>
          </>
        )}
        <dt>{t("people.role")}</dt>
        <dd>{t(person.is_admin ? "people.admin" : "people.person")}</dd>
        <dt>{t("secondFactor.title")}</dt>
        <dd>{t(person.second_factor ? "people.secondFactorOn" : "people.secondFactorOff")}</dd>
        <dt>{t("account.since")}</dt>
        <dd>{format.date(person.created_at)}</dd>
        <dt>{t("people.lastLogin")}</dt>
        <dd>{person.last_login ? <When at={person.last_login} /> : t("common.never")}</dd>
      </dl>
    </Section>
  );
}
