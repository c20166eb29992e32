import { useTranslation } from "react-i18next";
import type { DeliveryState, Webhook, WebhookState } from "../api/webhooks.ts";
import { IconAlertTriangle, IconBan, IconCheck, IconCircleDot, IconCircleX, IconHourglass } from "../pieces/icons.ts";
import { type ChipLook, WordChip } from "../pieces/word-chip.tsx";

const webhookLooks: Readonly<Record<WebhookState, ChipLook>> = {
  on: { tone: "good", icon: IconCircleDot },
  paused: { tone: "quiet", icon: IconHourglass },
  off: { tone: "bad", icon: IconBan },
};
const failing: ChipLook = { tone: "warn", icon: IconAlertTriangle };

/** Whether it is sent to; one that is, but fails, says so. */
export function WebhookChip({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const { state, failing_since: since, disabled_at: disabled } = webhook;
  const fails = state === "on" && since !== null;
  const look = fails ? failing : webhookLooks[state];
  return (
    <WordChip
      {...look}
      state={state}
      word={t(fails ? "webhooks.state.failing" : `webhooks.state.${state}`)}
      since={fails ? since : disabled}
    />
  );
}

const deliveryLooks: Readonly<Record<DeliveryState, ChipLook>> = {
  waiting: { tone: "busy" },
  held: { tone: "quiet", icon: IconHourglass },
  delivered: { tone: "good", icon: IconCheck },
  failed: { tone: "bad", icon: IconCircleX },
  cancelled: { tone: "quiet", icon: IconBan },
};
export const deliveryStates = Object.keys(deliveryLooks) as DeliveryState[];

export function DeliveryChip({ state }: { state: DeliveryState }) {
  const { t } = useTranslation();
  return <WordChip {...deliveryLooks[state]} state={state} word={t(`webhooks.delivery.${state}`)} />;
}
