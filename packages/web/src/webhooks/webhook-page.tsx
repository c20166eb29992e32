import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { asApiError } from "../api/api-error.ts";
import { replacingError } from "../api/query-trouble.ts";
import { type Reach, type Webhook, webhookQuery } from "../api/webhooks.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Empty } from "../pieces/empty.tsx";
import { Page } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { When } from "../pieces/when.tsx";
import { WebhookChip } from "./chips.tsx";
import { DeliveryLog } from "./delivery-log.tsx";
import { Ping } from "./ping.tsx";
import { WebhookFacts } from "./webhook-facts.tsx";
import { WebhookVerbs } from "./webhook-verbs.tsx";
import classes from "./webhooks.module.css";

const ownRoute = getRouteApi("/signed-in/account/webhooks/$webhookId");
const allRoute = getRouteApi("/signed-in/admin/system/webhooks/$webhookId");

export function OwnWebhookPage() {
  const { webhookId } = ownRoute.useParams();
  return <WebhookPage reach="own" id={Number(webhookId)} />;
}

/** Somebody's, as an administrator sees it. */
export function AnyWebhookPage() {
  const { webhookId } = allRoute.useParams();
  return <WebhookPage reach="everybody" id={Number(webhookId)} />;
}

function WebhookPage({ reach, id }: { reach: Reach; id: number }) {
  const { t } = useTranslation();
  const webhook = useQuery(webhookQuery(reach, id));
  const above =
    reach === "own" ? (
      <Link to="/account/webhooks">{t("webhooks.title")}</Link>
    ) : (
      <Link to="/system/webhooks">{t("webhooks.allTitle")}</Link>
    );
  if (webhook.isPending) {
    return (
      <Page title={t("common.loading")} above={above} aside={<RowsLoading rows={5} height={36} />}>
        <RowsLoading rows={6} />
      </Page>
    );
  }
  const trouble = replacingError(webhook);
  if (trouble !== null || webhook.data === undefined) {
    const missing = asApiError(trouble).status === 404 || asApiError(trouble).status === 400;
    return (
      <Page title={t(missing ? "webhooks.notFound" : "webhooks.title")}>
        {missing ? (
          <Empty text={t("webhooks.notFoundText")} action={above} />
        ) : (
          <ReasonCard error={trouble} onRetry={() => void webhook.refetch()} />
        )}
      </Page>
    );
  }
  const { data } = webhook;
  return (
    <Page
      title={data.name}
      above={above}
      beside={<WebhookChip webhook={data} />}
      aside={
        <>
          <WebhookVerbs webhook={data} reach={reach} />
          <WebhookFacts webhook={data} reach={reach} />
        </>
      }
    >
      <Trouble webhook={data} />
      <Ping webhook={data} reach={reach} />
      <DeliveryLog webhook={data} reach={reach} />
    </Page>
  );
}

/** Why nothing is sent, or will not arrive; and what now. */
function Trouble({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { state, disabled_why: why, failing_since: since, old_secret_until: overlap, problem } = webhook;
  return (
    <div className={classes.notes}>
      {state === "off" && why !== null && (
        <p className={classes.note} data-tone="bad">
          <strong>{t(`webhooks.why.${why}`)}</strong> {t("webhooks.offText")}
        </p>
      )}
      {state === "paused" && <p className={classes.note}>{t("webhooks.pausedText")}</p>}
      {state === "on" && since !== null && (
        <p className={classes.note} data-tone="warn">
          {t("webhooks.failingText")} <When at={since} />
        </p>
      )}
      {problem !== null && (
        <p className={classes.note} data-tone="warn" dir="auto">
          {problem}
        </p>
      )}
      {overlap !== null && (
        <p className={classes.note}>{t("webhooks.overlapUntil", { time: format.dateTime(overlap) })}</p>
      )}
    </div>
  );
}
