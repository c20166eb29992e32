import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { hubUsersQuery, type OnlyUsers, type SeenHubUser } from "../../api/hub-admin.ts";
import { Empty } from "../../pieces/empty.tsx";
import { LongList } from "../../pieces/long-list.tsx";
import { nameOfPerson } from "../../pieces/person-name.ts";
import rows from "../../pieces/rows.module.css";
import { When } from "../../pieces/when.tsx";
import classes from "./hub-admin.module.css";
import { LinkDialog, type LinkDraft } from "./link-dialog.tsx";
import { Unlink } from "./unlink.tsx";

const keyOf = ({ name }: SeenHubUser) => name;

/** The hub's users as last listed; whose, or who it might be and why. */
export function HubUsers({ filter }: { filter: { readonly only?: OnlyUsers; readonly search?: string } }) {
  const { t } = useTranslation();
  const [linking, setLinking] = useState<LinkDraft | null>(null);
  const users = useInfiniteQuery({ ...hubUsersQuery(filter), placeholderData: keepPreviousData });
  const showRow = useCallback((user: SeenHubUser) => <HubUserRow user={user} onLink={setLinking} />, []);
  return (
    <>
      <LongList
        label={t("adminHub.users")}
        query={users}
        keyOf={keyOf}
        rowHeight={64}
        lines
        empty={
          <Empty
            title={t("adminHub.noUsers")}
            text={t(filter.only === "unlinked" ? "adminHub.allLinked" : "adminHub.noneFitsText")}
          />
        }
      >
        {showRow}
      </LongList>
      {linking && <LinkDialog draft={linking} onClose={() => setLinking(null)} />}
    </>
  );
}

function HubUserRow({ user, onLink }: { user: SeenHubUser; onLink: (draft: LinkDraft) => void }) {
  const { t } = useTranslation();
  const { name, account, suggestions, servers, last_activity: used, linked_by: by, is_admin: isAdmin } = user;
  return (
    <div className={classes.row}>
      <div className={rows.main}>
        <span className="clip">
          <bdi className="mono">{name}</bdi>
          {isAdmin && <span className="warned small"> {t("adminHub.hubAdmin")}</span>}
        </span>
        <span className={`${rows.under} ${rows.parts}`}>
          {account !== null && (
            <span>
              <Link to="/people/$personId" params={{ personId: String(account.id) }}>
                <bdi>{nameOfPerson(account)}</bdi>
              </Link>
            </span>
          )}
          {by !== null && <span>{t("adminHub.linkedBy", { name: by })}</span>}
          {servers > 0 && <span>{t("adminHub.running", { count: servers })}</span>}
          {used !== null && (
            <span>
              {t("adminHub.used")} <When at={used} />
            </span>
          )}
        </span>
        {suggestions.length > 0 && (
          <ul className={classes.suggestions}>
            {suggestions.map((one) => (
              <li key={`${one.account.id} ${one.why}`}>
                {t(`adminHub.suggested.${one.why}`)} <bdi>{nameOfPerson(one.account)}</bdi>{" "}
                <Button
                  variant="subtle"
                  size="compact-sm"
                  aria-label={t("adminHub.linkTo", { name, person: nameOfPerson(one.account) })}
                  onClick={() => onLink({ name, isAdmin, account: one.account, why: one.why })}
                >
                  {t("adminHub.link")}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </div>
      {account === null ? (
        <Button
          variant="default"
          size="compact-sm"
          aria-label={t("adminHub.linkSomebody", { name })}
          onClick={() => onLink({ name, isAdmin })}
        >
          {t("adminHub.linkSomebodyShort")}
        </Button>
      ) : (
        <Unlink account={account} name={name} />
      )}
    </div>
  );
}
