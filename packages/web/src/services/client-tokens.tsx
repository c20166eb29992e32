import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import { type ClientToken, clientTokensQuery, revokeClientToken, type Service } from "../api/services.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Confirm } from "../pieces/confirm.tsx";
import { IconKey, IconPlus } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import { NewClientToken } from "./new-client-token.tsx";

/** The secrets that a service shows itself by: what for, until when, when last used. */
export function ClientTokens({ service }: { service: Service }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const client = useQueryClient();
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ClientToken | null>(null);
  const tokens = useQuery(clientTokensQuery(service.id));
  const revoke = useMutation({
    mutationFn: (token: ClientToken) => revokeClientToken(service.id, token.key_id),
    onSuccess: async () => {
      setRevoking(null);
      await client.invalidateQueries({ queryKey: ["services"] });
    },
  });
  return (
    <>
      {tokens.isPending && <RowsLoading rows={1} />}
      {shownError(tokens) !== null && <ReasonCard error={tokens.error} onRetry={() => void tokens.refetch()} />}
      <ul className={rows.rows}>
        {tokens.data?.items.map((token) => (
          <li key={token.key_id} className={rows.row}>
            <IconKey size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
            <div className={rows.main}>
              <span>
                <bdi>{token.label}</bdi> <code className="mono quiet ltr">{token.key_id}</code>
              </span>
              <span className={rows.under}>
                {t("tokens.expires")} {format.date(token.expires_at)}
                {" · "}
                {t("tokens.lastUsed")}: {token.last_used_at ? <When at={token.last_used_at} /> : t("common.never")}
              </span>
            </div>
            <div className={rows.end}>
              <StateChip domain="token" state={token.status} />
              {token.status === "active" && (
                <Button
                  variant="subtle"
                  size="compact-sm"
                  color="bad"
                  aria-label={`${t("tokens.revoke")}: ${token.label}`}
                  onClick={() => setRevoking(token)}
                >
                  {t("tokens.revoke")}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={16} aria-hidden="true" />}
        onClick={() => setMaking(true)}
      >
        {t("services.newToken")}
      </Button>
      {making && <NewClientToken service={service} onClose={() => setMaking(false)} />}
      <Confirm
        opened={revoking !== null}
        danger
        title={t("tokens.revokeTitle", { label: revoking?.label ?? "" })}
        text={t("services.revokeText")}
        action={t("tokens.revoke")}
        pending={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoking && revoke.mutate(revoking)}
        onClose={() => setRevoking(null)}
      />
    </>
  );
}
