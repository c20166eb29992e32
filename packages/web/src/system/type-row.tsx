import { useTranslation } from "react-i18next";
import type { SeenType } from "../api/resources.ts";
import { IconAlertTriangle, IconBan, IconCircleCheck } from "../pieces/icons.ts";
import { useJobTypes } from "../pieces/job-types.ts";
import rows from "../pieces/rows.module.css";
import { tellIn } from "../sessions/told.ts";
import classes from "./resources.module.css";

/** One program: found, in which version, or why not and how to get it; and who may start it. */
export function TypeRow({ type }: { type: SeenType }) {
  const { t } = useTranslation();
  const { nameOf } = useJobTypes();
  // The lab is what is meant; an old notebook does for it where there is none.
  const instead = type.why === null && /\/jupyter-notebook$/.test(type.path ?? "");
  const Icon = type.why !== null ? IconBan : instead ? IconAlertTriangle : IconCircleCheck;
  const how = type.why === null ? "" : t(`system.how.${type.why.code}`, { defaultValue: "" });
  return (
    <li className={`${rows.row} ${classes.type}`} data-found={type.why === null && !instead}>
      <Icon
        size={20}
        role="img"
        aria-label={t(type.why === null ? "system.canStart" : "system.cannotStart")}
        className={classes.mark}
      />
      <div className={rows.main}>
        <span className={classes.name}>
          <strong>{nameOf(type.id)}</strong> <code dir="ltr">{type.id}</code>
        </span>
        {type.why === null ? (
          <span className={classes.facts} dir="ltr">
            {type.version !== null && <span>{instead ? `Notebook ${type.version}` : type.version}</span>}
            {type.path !== null && <code>{type.path}</code>}
          </span>
        ) : (
          <span dir="auto">{tellIn(t, type.why)}</span>
        )}
        {instead && <span>{t("system.notebookInstead")}</span>}
        {how !== "" && <span className="small quiet">{how}</span>}
        {type.why === null && type.path === null && <span className="small quiet">{t("system.madeAtFirstUse")}</span>}
      </div>
      <span className={rows.end}>{t(`system.mayStart.${type.may_start}`)}</span>
    </li>
  );
}
