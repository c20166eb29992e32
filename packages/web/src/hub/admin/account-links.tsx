import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { type AccountLink, accountLinksQuery, type LinkState } from "../../api/hub-admin.ts";
import { Empty } from "../../pieces/empty.tsx";
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconHourglass } from "../../pieces/icons.ts";
import { LongList } from "../../pieces/long-list.tsx";
import { nameOfPerson } from "../../pieces/person-name.ts";
import rows from "../../pieces/rows.module.css";
import { type ChipLook, WordChip } from "../../pieces/word-chip.tsx";
import classes from "./hub-admin.module.css";
import { LinkDialog, type LinkDraft } from "./link-dialog.tsx";
import { Unlink } from "./unlink.tsx";

const keyOf = ({ account }: AccountLink) => account.id;
const looks: Readonly<Record<LinkState, ChipLook>> = {
  none: { tone: "quiet", icon: IconCircleDashed },
  wanted: { tone: "busy", icon: IconHourglass },
  taken: { tone: "warn", icon: IconAlertTriangle },
  missing: { tone: "bad", icon: IconAlertTriangle },
  ours: { tone: "good", icon: IconCircleCheck },
};

/** People by how they stand with the hub. */
export function AccountLinks({ filter }: { filter: { readonly state?: LinkState; readonly search?: string } }) {
  const { t } = useTranslation();
  const [linking, setLinking] = useState<LinkDraft | null>(null);
  const accounts = useInfiniteQuery({ ...accountLinksQuery(filter), placeholderData: keepPreviousData });
  const showRow = useCallback(
    (link: AccountLink) => <AccountRow link={link} onLink={() => setLinking({ account: link.account })} />,
    [],
  );
  return (
    <>
      <LongList
        label={t("adminHub.accounts")}
        query={accounts}
        keyOf={keyOf}
        rowHeight={60}
        lines
        empty={<Empty title={t("adminHub.noAccounts")} text={t("adminHub.noAccountsText")} />}
      >
        {showRow}
      </LongList>
      {linking && <LinkDialog draft={linking} onClose={() => setLinking(null)} />}
    </>
  );
}

function AccountRow({ link, onLink }: { link: AccountLink; onLink: () => void }) {
  const { t } = useTranslation();
  const { account, name, state, problem, linked_by: by } = link;
  const person = nameOfPerson(account);
  return (
    <div className={classes.row}>
      <div className={rows.main}>
        <span className="clip">
          <Link to="/people/$personId" params={{ personId: String(account.id) }} className={classes.who}>
            <bdi>{person}</bdi>
          </Link>
        </span>
        <span className={`${rows.under} ${rows.parts}`}>
          <span>
            <bdi>{account.username}</bdi>
          </span>
          {name !== null && (
            <span>
              {t("adminHub.asUser")} <bdi className="mono">{name}</bdi>
            </span>
          )}
          {by !== null && <span>{t("adminHub.linkedBy", { name: by })}</span>}
        </span>
        {problem !== null && (
          <span className={`${rows.under} clip`} dir="auto" lang="en">
            {problem}
          </span>
        )}
      </div>
      <span className={classes.state}>
        <WordChip {...looks[state]} state={state} word={t(`adminHub.linkIs.${state}`)} />
      </span>
      {state === "ours" && name !== null ? (
        <Unlink account={account} name={name} />
      ) : (
        <Button variant="default" size="compact-sm" aria-label={t("adminHub.linkPerson", { person })} onClick={onLink}>
          {t("adminHub.linkPersonShort")}
        </Button>
      )}
    </div>
  );
}
