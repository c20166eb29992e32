import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { revokeToken, tokensQuery } from "../api/account.ts";
import { shownError } from "../api/query-trouble.ts";
import type { PersonalToken } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Confirm } from "../pieces/confirm.tsx";
import { Empty } from "../pieces/empty.tsx";
import { Hint } from "../pieces/hint.tsx";
import { IconKey, IconPlus } from "../pieces/icons.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import classes from "./account.module.css";
import { CreateToken } from "./create-token.tsx";

/** Personal access tokens: what for, what they may, when last used. */
export function Tokens() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<PersonalToken | null>(null);
  const tokens = useQuery(tokensQuery);
  const revoke = useMutation({
    mutationFn: (token: PersonalToken) => revokeToken(token.key_id),
    onSuccess: async () => {
      setRevoking(null);
      await client.invalidateQueries({ queryKey: tokensQuery.queryKey });
    },
  });
  const create = (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconPlus size={16} aria-hidden="true" />}
      onClick={() => setCreating(true)}
    >
      {t("tokens.new")}
    </Button>
  );
  return (
    <Section
      title={t("tokens.title")}
      action={create}
      hint={<Hint about={t("tokens.title")}>{t("help.means.token")}</Hint>}
    >
      <p className="quiet">{t("tokens.lead")}</p>
      {tokens.isPending && <RowsLoading rows={2} />}
      {shownError(tokens) !== null && <ReasonCard error={tokens.error} onRetry={() => void tokens.refetch()} />}
      {tokens.data && tokens.data.items.length === 0 && (
        <Empty title={t("tokens.empty")} text={t("tokens.emptyText")} />
      )}
      <ul className={rows.rows}>
        {tokens.data?.items.map((token) => (
          <TokenRow key={token.key_id} token={token} onRevoke={() => setRevoking(token)} />
        ))}
      </ul>
      {creating && <CreateToken onClose={() => setCreating(false)} />}
      <Confirm
        opened={revoking !== null}
        danger
        title={t("tokens.revokeTitle", { label: revoking?.label ?? "" })}
        text={t("tokens.revokeText")}
        action={t("tokens.revoke")}
        pending={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoking && revoke.mutate(revoking)}
        onClose={() => setRevoking(null)}
      />
    </Section>
  );
}

function TokenRow({ token, onRevoke }: { token: PersonalToken; onRevoke: () => void }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const scopes = token.scopes.includes("*")
    ? t("tokens.everything")
    : format.list(token.scopes.map((scope) => t(`scopes.${scope}`, { defaultValue: scope, nsSeparator: false })));
  return (
    <li className={`${rows.row} ${classes.token}`}>
      <IconKey size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <span>
          <bdi>{token.label}</bdi> <code className="mono quiet ltr">{token.key_id}</code>
        </span>
        {token.scopes.length === 0 ? (
          <span className="warned small">{t("tokens.nothing")}</span>
        ) : (
          <span className="quiet small">{scopes}</span>
        )}
        <span className="quiet small">
          {t("tokens.lastUsed")}: {token.last_used_at ? <When at={token.last_used_at} /> : t("common.never")}
          {token.usage_count > 0 && ` · ${t("tokens.used", { count: token.usage_count })}`}
          {token.expiry_at && ` · ${t("tokens.expires")}: ${format.date(token.expiry_at)}`}
        </span>
      </div>
      <div className={rows.end}>
        <StateChip domain="token" state={token.status} />
        {token.status === "active" && (
          <Button variant="subtle" color="bad" size="compact-sm" onClick={onRevoke}>
            {t("tokens.revoke")}
          </Button>
        )}
      </div>
    </li>
  );
}
