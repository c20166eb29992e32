import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Setting } from "../api/settings.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconAlertTriangle } from "../pieces/icons.ts";
import rows from "../pieces/rows.module.css";
import { When } from "../pieces/when.tsx";
import { choiceKeys, isNever, wordsOf } from "./setting-groups.ts";
import classes from "./settings.module.css";

/** One setting: what it does, what it is, where that comes from, and whether it can be changed here. */
export function SettingRow({ setting, onEdit }: { setting: Setting; onEdit: () => void }) {
  const { t } = useTranslation();
  const { locale } = useLocale();
  const { title, about } = wordsOf(setting, locale);
  const isFixed = setting.live && setting.written_at !== null;
  return (
    <li className={`${rows.row} ${classes.setting}`}>
      <div className={classes.what}>
        <strong className={classes.title}>{title}</strong>
        <span className="small quiet">{about}</span>
        <code className={classes.name} dir="ltr">
          {setting.name}
        </code>
        {setting.not_applied !== null && (
          <span className={classes.problem}>
            <IconAlertTriangle size={16} aria-hidden="true" /> {t("system.notApplied")}{" "}
            <span dir="ltr" lang="en">
              {setting.not_applied}
            </span>
          </span>
        )}
      </div>
      <div className={classes.is}>
        <Value setting={setting} />
        <span className="small quiet">
          <Source setting={setting} />
        </span>
      </div>
      <div className={classes.verb}>
        {setting.live && !isFixed ? (
          <Button variant="default" size="xs" aria-label={t("system.changeSetting", { name: title })} onClick={onEdit}>
            {t("system.change")}
          </Button>
        ) : (
          <span className="small quiet">{t(isFixed ? "system.fixed" : "system.restart")}</span>
        )}
      </div>
    </li>
  );
}

function Value({ setting }: { setting: Setting }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  if (setting.value === null || setting.value === "") return <span className="quiet">{t("system.notSet")}</span>;
  if (setting.secret) return <span>{t("system.secretSet")}</span>;
  if (setting.form === "choice")
    return <span>{t(choiceKeys(setting.name, setting.value), { defaultValue: setting.value })}</span>;
  if (isNever(setting)) return <span>{t("system.never")}</span>;
  return (
    <code className={classes.value} dir="ltr">
      {/^\d+(\.\d+)?$/.test(setting.value) ? format.digits(setting.value) : setting.value}
    </code>
  );
}

function Source({ setting }: { setting: Setting }) {
  const { t } = useTranslation();
  const { source, written_at, changed_at, changed_by } = setting;
  if (source === "environment") return t("system.fromEnvironment");
  if (source === "file") return <bdi>{t("system.fromFile", { where: written_at ?? "" })}</bdi>;
  if (source === "default" || changed_at === null) return t("system.fromDefault");
  return (
    <>
      {changed_by === null ? t("system.fromPortal") : t("system.changedBy", { name: changed_by })} ·{" "}
      <When at={changed_at} />
    </>
  );
}
