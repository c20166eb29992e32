import { Checkbox } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { StorageSubject } from "../../api/storage.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { IconAlertTriangle, IconUser, IconUsersGroup } from "../../pieces/icons.ts";
import { MeterBar } from "../../pieces/meter.tsx";
import rows from "../../pieces/rows.module.css";
import { When } from "../../pieces/when.tsx";
import { levelOf, NEAR, ownerName } from "../level.ts";
import { LevelWord } from "../storage-meter.tsx";
import { useSize } from "../use-size.ts";
import { QuotaCell } from "./quota-cell.tsx";
import { useServerSaid } from "./server-said.tsx";
import classes from "./subjects.module.css";

interface SubjectRowProps {
  readonly subject: StorageSubject;
  readonly isChosen: boolean;
  onChoose(id: number, isChosen: boolean, range: boolean): void;
}

/** One storage: whose, how full, since when that is known, and its quota, to be changed right there. */
export function SubjectRow({ subject, isChosen, onChoose }: SubjectRowProps) {
  const { t } = useTranslation();
  // A change event doesn't tell of the shift key; the click before it does.
  const shift = useRef(false);
  const { id, kind, name } = subject;
  const shown = ownerName(subject);
  const Icon = kind === "user" ? IconUser : IconUsersGroup;
  return (
    <div className={classes.row}>
      <Checkbox
        className={rows.above}
        aria-label={t("adminStorage.choose", { name: shown })}
        checked={isChosen}
        onClick={(event) => {
          shift.current = event.shiftKey;
        }}
        onChange={(event) => onChoose(id, event.currentTarget.checked, shift.current)}
      />
      <Icon
        size={20}
        stroke={1.75}
        role="img"
        aria-label={t(`adminStorage.one_${kind}`)}
        className={`${rows.icon} ${classes.icon}`}
      />
      <div className={`${rows.main} ${classes.who}`}>
        <span className="clip">
          <Link to="/admin/storage/$subjectId" params={{ subjectId: String(id) }} className={rows.link}>
            <bdi>{shown}</bdi>
          </Link>
        </span>
        <span className={`${rows.under} ${rows.parts}`}>
          {shown !== name && (
            <span>
              <bdi>{name}</bdi>
            </span>
          )}
          {subject.as_of === null ? (
            <span>{t("storage.notCounted")}</span>
          ) : (
            <span>
              {t("storage.counted")} <When at={subject.as_of} />
            </span>
          )}
          {subject.state === "pending" && <span>{t("adminStorage.pending")}</span>}
        </span>
        <Trouble subject={subject} />
      </div>
      <Share subject={subject} name={shown} />
      <div className={classes.quota}>
        <QuotaCell subject={subject} />
      </div>
    </div>
  );
}

/** What an operator should know; the server's own text stands on its page, and when one points there. */
function Trouble({ subject }: { subject: StorageSubject }) {
  const { word, detail } = useServerSaid()(subject);
  if (detail === null) return null;
  return (
    <span className={classes.trouble} data-tone={subject.problem === null ? "warn" : "bad"}>
      <IconAlertTriangle size={15} stroke={2} aria-hidden="true" />
      <span className="clip" dir="auto" title={detail}>
        {word ?? detail}
      </span>
    </span>
  );
}

function Share({ subject, name }: { subject: StorageSubject; name: string }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const { used, effective_quota: quota } = subject;
  const words =
    quota === 0
      ? size(used)
      : t("adminStorage.shareOf", { used: size(used), share: format.percent((used / quota) * 100) });
  return (
    <div className={classes.share}>
      <span className="tabular">{words}</span>
      {quota > 0 && (
        <MeterBar
          label={t("storage.ofGroup", { name })}
          words={t("meter.usedOf", { used: size(used), allowed: size(quota) })}
          used={used}
          allowed={quota}
          warnAt={NEAR}
        />
      )}
      <LevelWord level={levelOf(subject)} />
    </div>
  );
}
