import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { IconBook, IconHelp } from "../pieces/icons.ts";
import classes from "./frame.module.css";

/** At the foot of the rail and of the phone's sheet: help, and the documentation of the APIs. */
export function HelpLinks({ onClick }: { onClick?: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Link
        to="/help"
        className={classes.place}
        activeProps={{ "aria-current": "page" }}
        title={t("frame.help")}
        data-tour="help"
        {...(onClick ? { onClick } : {})}
      >
        <IconHelp size={20} stroke={1.75} aria-hidden="true" />
        <span className={classes.word}>{t("frame.help")}</span>
      </Link>
      <a href="/docs" className={classes.place} title={t("frame.docs")}>
        <IconBook size={20} stroke={1.75} aria-hidden="true" />
        <span className={classes.word}>{t("frame.docs")}</span>
      </a>
    </>
  );
}
