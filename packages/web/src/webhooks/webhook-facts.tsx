import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Reach, Webhook } from "../api/webhooks.ts";
import { useLocale } from "../locales/use-locale.tsx";
import rows from "../pieces/rows.module.css";
import { When } from "../pieces/when.tsx";
import { useEventWords } from "./event-words.ts";
import classes from "./webhooks.module.css";

/** Whose, where to, what of. */
export function WebhookFacts({ webhook, reach }: { webhook: Webhook; reach: Reach }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const words = useEventWords();
  const { owner, url, types, description, everybody, delivered_at: delivered, created_at: made } = webhook;
  return (
    <dl className={`${rows.facts} ${classes.facts}`}>
      {reach === "everybody" && (
        <>
          <dt>{t("webhooks.owner")}</dt>
          <dd>
            <Link to="/people/$personId" params={{ personId: String(owner.id) }}>
              <bdi>{owner.username}</bdi>
            </Link>
          </dd>
        </>
      )}
      <dt>{t("webhooks.url")}</dt>
      <dd>
        <span dir="ltr" className="mono small">
          {url}
        </span>
      </dd>
      <dt>{t("webhooks.events")}</dt>
      <dd>
        <ul className={classes.chosen}>
          {types.map((type) => (
            <li key={type}>{words.chosen(type)}</li>
          ))}
        </ul>
        {everybody && <span className="small warned">{t("webhooks.everybodys")}</span>}
      </dd>
      {description !== "" && (
        <>
          <dt>{t("webhooks.description")}</dt>
          <dd dir="auto">{description}</dd>
        </>
      )}
      <dt>{t("webhooks.lastArrived")}</dt>
      <dd>{delivered === null ? t("common.never") : <When at={delivered} />}</dd>
      <dt>{t("webhooks.madeOn")}</dt>
      <dd>{format.date(made)}</dd>
    </dl>
  );
}
