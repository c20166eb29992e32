import { Button, NativeSelect } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Reach, replayFailed, type Webhook } from "../api/webhooks.ts";
import { Confirm } from "../pieces/confirm.tsx";

const spans = { day: 86_400_000, week: 604_800_000, month: 2_592_000_000 } as const;
type Span = keyof typeof spans;

/** All that was given up since a time, sent again. */
export function ReplayFailed({ webhook, reach }: { webhook: Webhook; reach: Reach }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [span, setSpan] = useState<Span>("day");
  const replay = useMutation({
    mutationFn: () => replayFailed(reach, webhook.id, new Date(Date.now() - spans[span]).toISOString()),
    onSuccess: async () => {
      setAsking(false);
      await client.invalidateQueries({ queryKey: ["webhooks"] });
    },
  });
  return (
    <>
      <span role="status" className="quiet small">
        {replay.data && !asking && t("webhooks.replayed", { count: replay.data.count })}
        {replay.data?.more && !asking && ` ${t("webhooks.replayMore")}`}
      </span>
      <Button
        variant="default"
        size="xs"
        onClick={() => {
          replay.reset();
          setAsking(true);
        }}
      >
        {t("webhooks.replayFailed")}
      </Button>
      <Confirm
        opened={asking}
        title={t("webhooks.replayFailed")}
        text={t("webhooks.replayText")}
        action={t("webhooks.sendAgain")}
        pending={replay.isPending}
        error={replay.error}
        onConfirm={() => replay.mutate()}
        onClose={() => setAsking(false)}
      >
        <NativeSelect
          label={t("webhooks.givenUpIn")}
          value={span}
          onChange={(event) => setSpan(event.currentTarget.value as Span)}
          data={(Object.keys(spans) as Span[]).map((value) => ({ value, label: t(`webhooks.span.${value}`) }))}
        />
      </Confirm>
    </>
  );
}
