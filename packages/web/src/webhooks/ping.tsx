import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { deliveryQuery, pingWebhook, type Reach, type Webhook } from "../api/webhooks.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconPlugConnected } from "../pieces/icons.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { DeliveryChip } from "./chips.tsx";
import { OutcomeStrip } from "./outcome-strip.tsx";
import classes from "./webhooks.module.css";

/** How it went lately, and a test that tells at once. */
export function Ping({ webhook, reach }: { webhook: Webhook; reach: Reach }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const ping = useMutation({
    mutationFn: () => pingWebhook(reach, webhook.id),
    onSettled: () => client.invalidateQueries({ queryKey: ["webhooks", "log"] }),
  });
  return (
    <Section
      title={t("webhooks.lately")}
      action={
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlugConnected size={16} aria-hidden="true" />}
          loading={ping.isPending}
          onClick={() => ping.mutate()}
        >
          {t("webhooks.ping")}
        </Button>
      }
    >
      <OutcomeStrip recent={webhook.recent} />
      <div role="status" className={classes.pinged}>
        {ping.data && <Pinged reach={reach} id={webhook.id} delivery={ping.data.id} />}
      </div>
      {ping.error && <ReasonCard error={ping.error} />}
    </Section>
  );
}

/** The webhook and its log; the delivery itself asks for its own. */
const isOfLately = ({ queryKey }: { readonly queryKey: readonly unknown[] }) => queryKey[1] !== "delivery";

/** What came of it. */
function Pinged({ reach, id, delivery }: { reach: Reach; id: number; delivery: number }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const client = useQueryClient();
  const { data } = useQuery(deliveryQuery(reach, id, delivery));
  const state = data?.state;
  // What stands above and below it is not as it was.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what came of it is waited for
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ["webhooks"], refetchType: "active", predicate: isOfLately });
  }, [state, client]);
  const last = data?.attempts_made.at(-1);
  if (data === undefined || last === undefined) {
    return (
      <>
        <DeliveryChip state="waiting" /> {t("webhooks.pinging")}
      </>
    );
  }
  return (
    <>
      <DeliveryChip state={data.state} />{" "}
      {last.error === null ? (
        t("webhooks.pingArrived", { status: format.id(last.status ?? 0), ms: format.number(last.duration_ms) })
      ) : (
        <span dir="auto">{last.error}</span>
      )}
    </>
  );
}
