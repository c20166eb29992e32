import { Checkbox, Stack, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { eventKindsQuery, type Webhook, type WebhookWish } from "../api/webhooks.ts";
import { formValues } from "../auth/form-values.ts";
import { FormEnd } from "../pieces/form-end.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import type { KeptDraft } from "../pieces/use-draft.ts";
import { EventChoice } from "./event-choice.tsx";

interface WebhookFormProps {
  readonly draft: KeptDraft;
  /** Left out: a new one. */
  readonly webhook?: Webhook;
  readonly pending: boolean;
  readonly error: unknown;
  onSend(wish: WebhookWish): void;
  onClose(): void;
}

/** Name, address, what it is told of, and, for administrators, whether of everybody's. */
export function WebhookForm({ draft, webhook, pending, error, onSend, onClose }: WebhookFormProps) {
  const { t } = useTranslation();
  const { data: session } = useQuery(sessionQuery);
  const { data: kinds } = useQuery(eventKindsQuery);
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const isAdmin = session?.account?.is_admin === true;
  const options = kinds?.items.flatMap(({ type, group }) => (group === null ? [] : [group, type])) ?? [];
  const types =
    chosen ?? new Set(options.filter((type) => draft.chosen("types", type, webhook?.types.includes(type) ?? false)));
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    const { name, url, description } = formValues(event, ["name", "url", "description"]);
    const everybody = new FormData(event.currentTarget).get("everybody") !== null;
    if (types.size === 0) return setProblem(t("webhooks.eventsNeeded"));
    onSend({ name, url, description, types: withoutCovered(types), ...(isAdmin ? { everybody } : {}) });
  };
  return (
    <form onInput={draft.onInput} onSubmit={submit}>
      <Stack>
        <TextInput
          name="name"
          label={t("webhooks.name")}
          description={t("webhooks.nameHint")}
          defaultValue={draft.text("name", webhook?.name)}
          required
          withAsterisk={false}
          maxLength={100}
          data-autofocus
        />
        <TextInput
          name="url"
          type="url"
          inputMode="url"
          dir="ltr"
          label={t("webhooks.url")}
          description={t("webhooks.urlHint")}
          placeholder="https://"
          defaultValue={draft.text("url", webhook?.url)}
          required
          withAsterisk={false}
          spellCheck={false}
          maxLength={2000}
        />
        {kinds === undefined ? (
          <RowsLoading rows={4} height={28} />
        ) : (
          <EventChoice
            kinds={kinds.items}
            chosen={types}
            problem={problem}
            onChange={(next) => {
              setProblem(null);
              setChosen(next);
            }}
          />
        )}
        {isAdmin && (
          <Checkbox
            name="everybody"
            value="yes"
            label={t("webhooks.everybody")}
            description={t("webhooks.everybodyHint")}
            defaultChecked={draft.chosen("everybody", "yes", webhook?.everybody)}
          />
        )}
        <Textarea
          name="description"
          label={`${t("webhooks.description")} (${t("common.optional")})`}
          defaultValue={draft.text("description", webhook?.description)}
          dir="auto"
          rows={2}
          maxLength={1000}
        />
        <FormEnd
          action={t(webhook ? "common.save" : "common.create")}
          pending={pending}
          error={error}
          onClose={onClose}
        />
      </Stack>
    </form>
  );
}

/** What a whole group brings needn't be named besides. */
export function withoutCovered(types: ReadonlySet<string>): string[] {
  return [...types].filter((type) => type.endsWith(".*") || !types.has(`${type.split(".")[0]}.*`));
}
