import { useTranslation } from "react-i18next";
import type { Need } from "../api/overview.ts";
import { IconAlertTriangle, IconInfoCircle } from "../pieces/icons.ts";
import { When } from "../pieces/when.tsx";
import { NeedVerbs } from "./need-verbs.tsx";
import classes from "./overview.module.css";
import { useNeedText } from "./use-need-text.ts";

/** One line: what is the matter, since when, and the verb that settles it. */
export function NeedRow({ need }: { need: Need }) {
  const { t } = useTranslation();
  const { text, under } = useNeedText(need);
  const Picture = need.tone === "bad" ? IconAlertTriangle : IconInfoCircle;
  return (
    <li className={classes.need} data-tone={need.tone}>
      <Picture size={20} stroke={1.75} aria-hidden="true" />
      <div className={classes.needText}>
        <span>
          <span className="visually-hidden">{t(`overview.${need.tone}`)}: </span>
          {text}
        </span>
        <span className={classes.under}>
          {under !== null && (
            <>
              <bdi>{under}</bdi>
              {" · "}
            </>
          )}
          {need.tone === "hint" ? t("overview.hint") : <When at={need.at} />}
        </span>
      </div>
      <NeedVerbs need={need} />
    </li>
  );
}
