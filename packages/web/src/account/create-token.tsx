import { Button, Checkbox, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { createToken, type NewToken, tokensQuery } from "../api/account.ts";
import { sessionQuery } from "../api/auth.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { CopyLine } from "../pieces/copy-line.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { type KeptDraft, useDraft } from "../pieces/use-draft.ts";
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
  "account:read",
  "account:write",
] as const;

/** What only administrators hold. The server refuses them to anybody else. */
const adminScopes = ["metrics:read", "people:read", "people:write", "audit:read"] as const;

/** Label, scopes, last day; then the secret, once. */
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
    <Modal
      opened
      onClose={onClose}
      title={create.isSuccess ? t("tokens.created") : t("tokens.new")}
      closeButtonProps={closeLabel(t)}
      closeOnClickOutside={!create.isSuccess}
      size="lg"
    >
      {create.isSuccess ? (
        <Stack>
          <p>{t("tokens.once")}</p>
          <CopyLine text={create.data.token} label={t("tokens.secret")} />
          <Group justify="flex-end">
            <Button onClick={onClose}>{t("common.close")}</Button>
          </Group>
        </Stack>
      ) : (
        <TokenForm
          draft={draft}
          pending={create.isPending}
          error={create.error}
          onClose={onClose}
          onCreate={create.mutate}
        />
      )}
    </Modal>
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
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const chosen = everything ? ["*"] : data.getAll("scope").map(String);
    const expiry = String(data.get("expiry") ?? "");
    setNoneChosen(chosen.length === 0);
    if (chosen.length === 0) return;
    onCreate({ label: String(data.get("label")).trim(), scopes: chosen, ...(expiry === "" ? {} : { expiry }) });
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
        <fieldset className={classes.scopes}>
          <legend>{t("tokens.scopes")}</legend>
          <Checkbox
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
          {noneChosen && <span role="alert">{t("tokens.scopesNeeded")}</span>}
        </fieldset>
        <TextInput
          name="expiry"
          defaultValue={draft.text("expiry")}
          type="date"
          label={`${t("tokens.expiry")} (${t("common.optional")})`}
          description={t("tokens.expiryEmpty")}
          min={new Date().toISOString().slice(0, 10)}
        />
        {error ? <ReasonCard error={error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={pending}>
            {t("common.create")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
