import { Button } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { endHubToken, type HubToken, hubTokensQuery } from "../api/hub-verbs.ts";
import { shownError } from "../api/query-trouble.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Confirm } from "../pieces/confirm.tsx";
import { IconKey } from "../pieces/icons.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import { useServerName } from "./use-server-name.ts";

/** What one's browsers got to come into one's servers; each can be ended. */
export function HubTokens() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const tokens = useInfiniteQuery(hubTokensQuery);
  const [ending, setEnding] = useState<HubToken | null>(null);
  const end = useMutation({
    mutationFn: (token: HubToken) => endHubToken(token.id),
    onSuccess: async () => {
      setEnding(null);
      await client.invalidateQueries({ queryKey: ["hub", "tokens"] });
    },
  });
  const items = tokens.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title={t("jupyter.tokens.title")}>
      <p className="quiet">{t("jupyter.tokens.lead")}</p>
      {tokens.isPending && <RowsLoading rows={2} />}
      {shownError(tokens) !== null && <ReasonCard error={tokens.error} onRetry={() => void tokens.refetch()} />}
      {tokens.data && items.length === 0 && <p className="quiet">{t("jupyter.tokens.none")}</p>}
      <ul className={rows.rows}>
        {items.map((token) => (
          <TokenRow key={token.id} token={token} onEnd={() => setEnding(token)} />
        ))}
      </ul>
      {tokens.hasNextPage && (
        <Button variant="default" loading={tokens.isFetchingNextPage} onClick={() => void tokens.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
      <Confirm
        opened={ending !== null}
        danger
        title={t("jupyter.tokens.endTitle")}
        text={t("jupyter.tokens.endText")}
        action={t("jupyter.tokens.end")}
        pending={end.isPending}
        error={end.error}
        onConfirm={() => ending && end.mutate(ending)}
        onClose={() => setEnding(null)}
      />
    </Section>
  );
}

function TokenRow({ token, onEnd }: { token: HubToken; onEnd: () => void }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const name = useServerName()(token.server);
  return (
    <li className={rows.row}>
      <IconKey size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <bdi>{name}</bdi>
        <span className={`${rows.under} ${rows.parts}`}>
          <span>
            {t("jupyter.tokens.made")} <When at={token.created_at} />
          </span>
          <span>{t("jupyter.tokens.expires", { date: format.time(token.expires_at) })}</span>
          {token.address !== null && (
            <span>
              {t("jupyter.tokens.from")} <bdi className="mono">{token.address}</bdi>
            </span>
          )}
        </span>
      </div>
      <div className={rows.end}>
        <StateChip domain="hubToken" state={token.state} />
        {token.state === "good" && (
          <Button
            variant="subtle"
            color="bad"
            size="compact-sm"
            aria-label={t("jupyter.tokens.endOne", { name })}
            onClick={onEnd}
          >
            {t("jupyter.tokens.end")}
          </Button>
        )}
      </div>
    </li>
  );
}
