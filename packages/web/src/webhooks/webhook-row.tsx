import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Reach, Webhook } from "../api/webhooks.ts";
import { IconAlertTriangle, IconWorld } from "../pieces/icons.ts";
import rows from "../pieces/rows.module.css";
import { When } from "../pieces/when.tsx";
import { WebhookChip } from "./chips.tsx";
import { OutcomeStrip } from "./outcome-strip.tsx";
import classes from "./webhooks.module.css";

interface WebhookRowProps {
  readonly webhook: Webhook;
  /** Where its page is, and whether it says whose it is. */
  readonly reach: Reach;
}

/** One webhook: what it is called, where it leads, whether it works, how the last deliveries went. */
export function WebhookRow({ webhook, reach }: WebhookRowProps) {
  const { t } = useTranslation();
  const { id, name, url, owner, everybody, disabled_why: why, delivered_at: delivered, problem } = webhook;
  return (
    <div className={classes.row}>
      <IconWorld size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <span className="clip">
          <Link
            to={reach === "own" ? "/account/webhooks/$webhookId" : "/system/webhooks/$webhookId"}
            params={{ webhookId: String(id) }}
            className={rows.link}
          >
            <bdi>{name}</bdi>
          </Link>
        </span>
        <span className={`${rows.under} ${rows.parts}`}>
          {reach === "everybody" && (
            <span>
              <bdi>{owner.username}</bdi>
            </span>
          )}
          <span>
            <bdi dir="ltr" className="mono">
              {hostOf(url)}
            </bdi>
          </span>
          {everybody && <span>{t("webhooks.everybodys")}</span>}
          {delivered !== null && (
            <span>
              {t("webhooks.lastArrived")} <When at={delivered} />
            </span>
          )}
        </span>
        {(why !== null || problem !== null) && (
          <span className={classes.trouble} data-tone={why === null ? "warn" : "bad"}>
            <IconAlertTriangle size={15} stroke={2} aria-hidden="true" />
            <span className="clip" dir="auto">
              {why === null ? problem : t(`webhooks.why.${why}`)}
            </span>
          </span>
        )}
      </div>
      <OutcomeStrip recent={webhook.recent} />
      <span className={classes.state}>
        <WebhookChip webhook={webhook} />
      </span>
    </div>
  );
}

export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);
