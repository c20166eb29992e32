import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { actedAsQuery } from "../api/acting.ts";
import { type PersonAccess, personAccessQuery } from "../api/person.ts";
import { shownError } from "../api/query-trouble.ts";
import type { Person } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { When } from "../pieces/when.tsx";
import { ActedAsRows } from "./acted-as-rows.tsx";
import classes from "./person.module.css";

/** How they get in: sign-ins, what failed, tokens; their groups, system account and kept mails. */
export function PersonAccessSection({ person }: { person: Person }) {
  const { t } = useTranslation();
  const access = useQuery(personAccessQuery(person.id));
  const acted = useInfiniteQuery(actedAsQuery(person.id));
  const times = acted.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <Section title={t("person.access")}>
        {access.isPending && <RowsLoading rows={3} />}
        {shownError(access) !== null && <ReasonCard error={access.error} onRetry={() => void access.refetch()} />}
        {access.data && (
          <>
            <SignIns access={access.data} />
            <Tokens access={access.data} />
            <Facts access={access.data} />
          </>
        )}
      </Section>
      {times.length > 0 && (
        <Section title={t("acting.titleTheirs")}>
          <ActedAsRows items={times} />
        </Section>
      )}
    </>
  );
}

function SignIns({ access: { sign_ins: items, failed_attempts: failed } }: { access: PersonAccess }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  return (
    <details className={classes.part} open={items.length > 0 && items.length <= 3}>
      <summary>{t("person.signIns", { count: items.length, n: format.number(items.length) })}</summary>
      <ul className={classes.lines}>
        {items.map((one) => (
          <li key={one.id}>
            {one.kind === "browser" ? <Device {...one.agent} /> : t("person.program")}
            {one.address && (
              <>
                {" · "}
                <bdi className="mono">{one.address}</bdi>
              </>
            )}
            {one.last_used_at && (
              <>
                {" · "}
                <When at={one.last_used_at} />
              </>
            )}
          </li>
        ))}
        {failed.items.map((one) => (
          <li key={`${one.at}${one.address}${one.step}`} className="warned">
            {t("person.failed", { count: one.count, n: format.number(one.count), date: format.dateTime(one.at) })}{" "}
            <bdi className="mono">{one.address}</bdi>
          </li>
        ))}
        {items.length === 0 && failed.count === 0 && <li className="quiet">{t("person.nowhere")}</li>}
      </ul>
    </details>
  );
}

function Tokens({ access: { tokens } }: { access: PersonAccess }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  if (tokens.length === 0) return null;
  return (
    <details className={classes.part}>
      <summary>{t("person.tokens", { count: tokens.length, n: format.number(tokens.length) })}</summary>
      <ul className={classes.lines}>
        {tokens.map((one) => (
          <li key={one.key_id}>
            <bdi>{one.label}</bdi> · <bdi className="mono">{one.scopes.join(" ")}</bdi> ·{" "}
            {t("person.tokenUntil", { date: format.date(one.expiry_at) })}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Facts({ access: { groups, system_account: account, mails_kept: mails } }: { access: PersonAccess }) {
  const { t } = useTranslation();
  return (
    <dl className={rows.facts}>
      <dt>{t("person.groups")}</dt>
      <dd>
        {groups.length === 0 && <span className="quiet">{t("person.noGroups")}</span>}
        {groups.map(({ id, name }, at) => (
          <span key={id}>
            {at > 0 && " · "}
            <Link to="/groups/$groupId" params={{ groupId: String(id) }}>
              <bdi>{name}</bdi>
            </Link>
          </span>
        ))}
      </dd>
      <dt>{t("person.systemAccount")}</dt>
      <dd>
        {account ? (
          <bdi className="mono">
            {account.name} ({account.uid})
          </bdi>
        ) : (
          <span className="quiet">{t("person.noSystemAccount")}</span>
        )}
      </dd>
      {mails.length > 0 && (
        <>
          <dt>{t("person.mails")}</dt>
          <dd>
            {mails.map((one) => (
              <span key={one.id} className={classes.mail}>
                <bdi>{one.subject}</bdi>
              </span>
            ))}
            <Link to="/mails">{t("person.toMails")}</Link>
          </dd>
        </>
      )}
    </dl>
  );
}

function Device({ browser, system }: PersonAccess["sign_ins"][number]["agent"]) {
  const { t } = useTranslation();
  const named = [browser, system].filter((one) => one !== null).join(" · ");
  return named === "" ? t("person.someBrowser") : <bdi>{named}</bdi>;
}
