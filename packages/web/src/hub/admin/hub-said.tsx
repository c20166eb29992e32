import { useTranslation } from "react-i18next";
import classes from "./hub-admin.module.css";

interface HubSaidProps {
  readonly words: string;
  /** Whose words these are; left out: the hub's. */
  readonly label?: string;
}

/** Words that are not ours, as they came, in their own language and direction: a quote, and whose it is. */
export function HubSaid({ words, label }: HubSaidProps) {
  const { t } = useTranslation();
  if (words === "") return <p className="quiet small">{t("adminHub.hubSaidNothing")}</p>;
  return (
    <figure className={classes.quote}>
      <figcaption className="quiet small">{label ?? t("adminHub.hubSaid")}:</figcaption>
      <blockquote dir="ltr" lang="en" className={classes.said}>
        {words}
      </blockquote>
    </figure>
  );
}
