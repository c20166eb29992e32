import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AccountPage } from "../account/account-page.tsx";
import { eventKindsQuery, type Webhook, webhooksQuery } from "../api/webhooks.ts";
import { Empty } from "../pieces/empty.tsx";
import { Hint } from "../pieces/hint.tsx";
import { IconPlus } from "../pieces/icons.ts";
import { LongList } from "../pieces/long-list.tsx";
import { Section } from "../pieces/page.tsx";
import { ExampleReceiver } from "./example-receiver.tsx";
import { NewWebhook } from "./new-webhook.tsx";
import { WebhookRow } from "./webhook-row.tsx";

const keyOf = ({ id }: Webhook) => id;
const showRow = (webhook: Webhook) => <WebhookRow webhook={webhook} reach="own" />;

/** Where one's own events are sent to. */
export function OwnWebhooksPage() {
  return <AccountPage tab="webhooks">{() => <OwnWebhooks />}</AccountPage>;
}

function OwnWebhooks() {
  const { t } = useTranslation();
  const [making, setMaking] = useState(false);
  const webhooks = useInfiniteQuery(webhooksQuery("own"));
  const { data: kinds } = useQuery(eventKindsQuery);
  const count = webhooks.data?.pages.reduce((sum, { items }) => sum + items.length, 0) ?? 0;
  const most = kinds?.most ?? Number.POSITIVE_INFINITY;
  const make = (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconPlus size={16} aria-hidden="true" />}
      disabled={count >= most}
      onClick={() => setMaking(true)}
    >
      {t("webhooks.new")}
    </Button>
  );
  if (most === 0 && count === 0) {
    return <Empty title={t("webhooks.adminsOnly")} text={t("webhooks.adminsOnlyText")} />;
  }
  return (
    <Section
      title={t("webhooks.title")}
      action={make}
      hint={<Hint about={t("webhooks.title")}>{t("webhooks.means")}</Hint>}
    >
      <p className="quiet">
        {t("webhooks.lead")} {count >= most && <>{t("webhooks.most", { count: most })}</>}
      </p>
      <LongList
        label={t("webhooks.title")}
        query={webhooks}
        keyOf={keyOf}
        rowHeight={68}
        lines
        empty={<ExampleReceiver />}
      >
        {showRow}
      </LongList>
      {making && <NewWebhook onClose={() => setMaking(false)} />}
    </Section>
  );
}
