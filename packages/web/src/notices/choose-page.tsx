import { Checkbox, NativeSelect } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Fragment, useState } from "react";
import { useTranslation } from "react-i18next";
import { chooseNotices, type MailChoice, type NoticePreference, noticePreferencesQuery } from "../api/notices.ts";
import { shownError } from "../api/query-trouble.ts";
import { Page } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { byGroup } from "./kinds.ts";
import classes from "./notices.module.css";

const mails = ["none", "at_once", "daily"] as const;

/** Of what one hears, and how: each kind by each way. What is chosen counts at once. */
export function ChoosePage() {
  const { t } = useTranslation();
  const preferences = useQuery(noticePreferencesQuery);
  const { ahead, choose, saving } = useSave();
  const { data } = preferences;
  return (
    <Page title={t("notices.chooseTitle")} above={<Link to="/notices">{t("notices.title")}</Link>}>
      <p className="quiet">
        {t("notices.chooseLead")} {data?.mail_available === false && t("notices.noMail")}
      </p>
      {preferences.isPending && <RowsLoading rows={8} />}
      {shownError(preferences) !== null && (
        <ReasonCard error={preferences.error} onRetry={() => void preferences.refetch()} />
      )}
      {saving.isError && <ReasonCard error={saving.error} />}
      {data && (
        <table className={classes.choice} aria-label={t("notices.chooseTitle")}>
          <thead>
            <tr>
              <th scope="col">{t("notices.what")}</th>
              <th scope="col">{t("notices.here")}</th>
              {data.mail_available && <th scope="col">{t("notices.byMail")}</th>}
            </tr>
          </thead>
          <tbody>
            {byGroup(data.items).map(([group, items]) => (
              <Fragment key={group}>
                <tr>
                  <th scope="colgroup" colSpan={data.mail_available ? 3 : 2} className={classes.group}>
                    {t(`notices.groups.${group}`)}
                  </th>
                </tr>
                {items.map((item) => (
                  <Choice
                    key={item.kind}
                    item={ahead[item.kind] ?? item}
                    mailable={data.mail_available}
                    onChoose={choose}
                  />
                ))}
              </Fragment>
            ))}
          </tbody>
        </table>
      )}
      <p role="status" className={classes.kept}>
        {saving.isSuccess && t("notices.kept")}
      </p>
    </Page>
  );
}

/** In the place of what one would choose by. */
function Always() {
  const { t } = useTranslation();
  return (
    <div className={classes.always}>
      {t("notices.mailAlways")}
      <span>{t("notices.mailAlwaysWhy")}</span>
    </div>
  );
}

interface ChoiceProps {
  readonly item: NoticePreference;
  readonly mailable: boolean;
  onChoose(item: NoticePreference): void;
}

function Choice({ item, mailable, onChoose }: ChoiceProps) {
  const { t } = useTranslation();
  const what = t(`notices.kinds.${item.kind}`, { defaultValue: item.kind });
  return (
    <tr>
      <th scope="row">{what}</th>
      <td data-label={t("notices.here")}>
        {item.mailed_always ? (
          <Always />
        ) : (
          <Checkbox
            aria-label={t("notices.hereFor", { what })}
            checked={item.shown}
            onChange={(event) => onChoose({ ...item, shown: event.currentTarget.checked })}
          />
        )}
      </td>
      {mailable && (
        <td data-label={t("notices.byMail")}>
          {item.mailed_always ? (
            <Always />
          ) : (
            <NativeSelect
              className={classes.mail}
              size="sm"
              aria-label={t("notices.mailFor", { what })}
              value={item.mail}
              onChange={(event) => onChoose({ ...item, mail: event.currentTarget.value as MailChoice })}
              data={mails.map((value) => ({ value, label: t(`notices.mail.${value}`) }))}
            />
          )}
        </td>
      )}
    </tr>
  );
}

/** Shown as chosen in the very moment; as the server has it, once it answered. */
function useSave() {
  const client = useQueryClient();
  const { queryKey } = noticePreferencesQuery;
  const [ahead, setAhead] = useState<Readonly<Record<string, NoticePreference>>>({});
  const { mutate, ...saving } = useMutation({
    mutationFn: chooseNotices,
    onSettled: async (_kept, _error, chosen: NoticePreference) => {
      await client.invalidateQueries({ queryKey });
      setAhead(({ [chosen.kind]: last, ...others }) =>
        last === undefined || last === chosen ? others : { ...others, [chosen.kind]: last },
      );
    },
  });
  const choose = (chosen: NoticePreference) => {
    setAhead((others) => ({ ...others, [chosen.kind]: chosen }));
    mutate(chosen);
  };
  return { ahead, choose, saving };
}
