import { Button, Group, Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import { deliveryQuery, type Reach, replayDelivery, type Webhook, type WholeDelivery } from "../api/webhooks.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { closeLabel } from "../pieces/confirm.tsx";
import { CopyButton } from "../pieces/copy-line.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { When } from "../pieces/when.tsx";
import { DeliveryChip } from "./chips.tsx";
import { useEventWords } from "./event-words.ts";
import classes from "./webhooks.module.css";

interface DeliveryDialogProps {
  readonly reach: Reach;
  readonly webhook: Webhook;
  readonly delivery: number;
  onOpen(id: number): void;
  onClose(): void;
}

/** One delivery: what was sent, what each attempt was answered, and sending it again. */
export function DeliveryDialog({ reach, webhook, delivery, onOpen, onClose }: DeliveryDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const words = useEventWords();
  const query = useQuery(deliveryQuery(reach, webhook.id, delivery));
  const replay = useMutation({
    mutationFn: () => replayDelivery(reach, webhook.id, delivery),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: ["webhooks"] });
      onOpen(made.id);
    },
  });
  const { data } = query;
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={data ? words.of(data.type) : t("webhooks.oneDelivery")}
      closeButtonProps={closeLabel(t)}
    >
      {query.isPending && <RowsLoading rows={4} />}
      {shownError(query) !== null && <ReasonCard error={query.error} onRetry={() => void query.refetch()} />}
      {data && <Whole delivery={data} onOpen={onOpen} />}
      {replay.error && <ReasonCard error={replay.error} />}
      {data && data.state !== "waiting" && data.state !== "held" && (
        <Group justify="flex-end" mt="lg">
          <span className="quiet small">{t("webhooks.sameId")}</span>
          <Button loading={replay.isPending} onClick={() => replay.mutate()}>
            {t("webhooks.sendAgain")}
          </Button>
        </Group>
      )}
    </Modal>
  );
}

function Whole({ delivery, onOpen }: { delivery: WholeDelivery; onOpen: (id: number) => void }) {
  const { t } = useTranslation();
  const { state, event_id: event, type, created_at: at, next_at: next, replay_of: again } = delivery;
  return (
    <>
      <p className={classes.oneLine}>
        <DeliveryChip state={state} />
        <span className="quiet">
          <When at={at} />
        </span>
        {next !== null && delivery.attempts > 0 && (
          <span className="quiet">
            {t("webhooks.next")} <When at={next} />
          </span>
        )}
        {again !== null && (
          <Button variant="subtle" size="compact-sm" onClick={() => onOpen(again)}>
            {t("webhooks.theFirst")}
          </Button>
        )}
      </p>
      <h3 className={classes.part}>{t("webhooks.sent")}</h3>
      <Code
        text={`webhook-id: ${event}\n\n${pretty(delivery.body)}`}
        label={t("webhooks.sent")}
        copied={delivery.body}
      />
      <h3 className={classes.part}>{t("webhooks.answered")}</h3>
      {delivery.attempts_made.length === 0 && <p className="quiet">{t("webhooks.notTried")}</p>}
      <ol className={classes.attempts}>
        {delivery.attempts_made.map((attempt) => (
          <AttemptOf key={`${type}.${attempt.number}`} attempt={attempt} />
        ))}
      </ol>
    </>
  );
}

function AttemptOf({ attempt }: { attempt: WholeDelivery["attempts_made"][number] }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { at, duration_ms: ms, status, error, answer } = attempt;
  return (
    <li>
      <p className={classes.oneLine}>
        <strong data-tone={error === null ? "good" : "bad"} className={classes.answer}>
          {status === null ? t("webhooks.noAnswer") : t("webhooks.status", { status: format.id(status) })}
        </strong>
        <span className="quiet">{format.took(ms)}</span>
        <time className="quiet" dateTime={at}>
          {format.dateTime(at)}
        </time>
      </p>
      {error !== null && <p dir="auto">{error}</p>}
      {answer !== null && answer !== "" && <Code text={answer} label={t("webhooks.answered")} copied={answer} />}
    </li>
  );
}

function Code({ text, label, copied }: { text: string; label: string; copied: string }) {
  return (
    <div className={classes.code}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus */}
      <pre dir="ltr" tabIndex={0}>
        {text}
      </pre>
      <CopyButton text={copied} label={`${label}: `} />
    </div>
  );
}

/** For the eye; what is copied is byte for byte what was signed. */
export function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
