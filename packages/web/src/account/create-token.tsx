import { Checkbox, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { createToken, type NewToken, tokensQuery } from "../api/account.ts";
import { sessionQuery } from "../api/auth.ts";
import { FormEnd } from "../pieces/form-end.tsx";
import { ShownOnce } from "../pieces/shown-once.tsx";
import { type KeptDraft, useDraft } from "../pieces/use-draft.ts";
import { daysOf, untilDay, ValidFor } from "../pieces/valid-for.tsx";
import classes from "./account.module.css";

/** What a person may give away, in the order of how often it is wanted. */
const scopes = [
  "workspaces:read",
  "workspaces:write",
  "sessions:read",
  "sessions:write",
  "operations:read",
  "operations:write",
  "events:read",
  "webhooks",
  "account:read",
  "account:write",
] as const;

/** What only administrators hold. The server refuses them to anybody else. */
const adminScopes = ["metrics:read", "people:read", "people:write", "audit:read"] as const;

/** Days that it may be valid; a year is the longest. */
const lives = [7, 30, 90, 365] as const;

/** Label, scopes, how long; then the secret, once. */
export function CreateToken({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft("token.new");
  const create = useMutation({
    mutationFn: (token: NewToken) => createToken(token),
    onSuccess: () => {
      draft.clear();
      return client.invalidateQueries({ queryKey: tokensQuery.queryKey });
    },
  });
  return (
    <ShownOnce
      title={create.isSuccess ? t("tokens.created") : t("tokens.new")}
      secret={create.data?.token ?? null}
      label={t("tokens.secret")}
      told={t("tokens.once")}
      onClose={onClose}
    >
      <TokenForm
        draft={draft}
        pending={create.isPending}
        error={create.error}
        onClose={onClose}
        onCreate={create.mutate}
      />
    </ShownOnce>
  );
}

interface TokenFormProps {
  readonly draft: KeptDraft;
  readonly pending: boolean;
  readonly error: unknown;
  onClose(): void;
  onCreate(token: NewToken): void;
}

function TokenForm({ draft, pending, error, onClose, onCreate }: TokenFormProps) {
  const { t } = useTranslation();
  const { data: known } = useQuery(sessionQuery);
  const offered = known?.account?.is_admin ? [...scopes, ...adminScopes] : scopes;
  const [everything, setEverything] = useState(draft.chosen("everything", "on"));
  const [noneChosen, setNoneChosen] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const problem = noneChosen ? { "aria-invalid": true, "aria-describedby": "scopes-needed" } : {};
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const chosen = everything ? ["*"] : data.getAll("scope").map(String);
    setNoneChosen(chosen.length === 0);
    if (chosen.length === 0) return first.current?.focus();
    const expiry = untilDay(daysOf(data)).toISOString();
    onCreate({ label: String(data.get("label")).trim(), scopes: chosen, expiry });
  };
  return (
    <form onInput={draft.onInput} onSubmit={submit}>
      <Stack>
        <TextInput
          name="label"
          defaultValue={draft.text("label")}
          label={t("tokens.label")}
          required
          withAsterisk={false}
          maxLength={100}
          data-autofocus
        />
        <fieldset className={classes.scopes} onChange={() => setNoneChosen(false)}>
          <legend>{t("tokens.scopes")}</legend>
          {noneChosen && (
            <p role="alert" id="scopes-needed" className={classes.wrong}>
              {t("tokens.scopesNeeded")}
            </p>
          )}
          <Checkbox
            ref={first}
            {...problem}
            error={noneChosen}
            name="everything"
            label={t("tokens.everything")}
            checked={everything}
            onChange={(event) => setEverything(event.currentTarget.checked)}
          />
          {offered.map((scope) => (
            <Checkbox
              key={scope}
              name="scope"
              value={scope}
              defaultChecked={draft.chosen("scope", scope)}
              disabled={everything}
              label={t(`scopes.${scope}`, { nsSeparator: false })}
            />
          ))}
        </fieldset>
        <ValidFor label={t("tokens.expiry")} lives={lives} longest={365} first={90} draft={draft} />
        <FormEnd pending={pending} error={error} onClose={onClose} />
      </Stack>
    </form>
  );
}
