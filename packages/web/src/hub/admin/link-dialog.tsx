import { Checkbox, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type HubPerson, linkHubUser } from "../../api/hub-admin.ts";
import { formValues } from "../../auth/form-values.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { FormEnd } from "../../pieces/form-end.tsx";
import { PersonFilter } from "../../pieces/person-filter.tsx";
import { nameOfPerson } from "../../pieces/person-name.ts";
import { usePersonId } from "../../pieces/use-person-id.ts";
import { linkedTo, useLinkOf } from "./use-link-of.ts";

export interface LinkDraft {
  /** Of the hub's user; left out: still to be said. */
  readonly name?: string;
  readonly isAdmin?: boolean;
  /** Left out: still to be said. */
  readonly account?: HubPerson;
  readonly why?: "verified_email" | "same_name";
}

/** Says whose a hub user is, once it was said what comes of it. */
export function LinkDialog({ draft, onClose }: { draft: LinkDraft; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [username, setUsername] = useState("");
  const [isMeant, setMeant] = useState(false);
  const found = usePersonId(username);
  const id = draft.account?.id ?? found.id;
  const present = useLinkOf(draft.account?.username ?? (found.id === undefined ? "" : username));
  const was = present.link === undefined ? null : linkedTo(present.link);
  const link = useMutation({
    mutationFn: ({ accountId, name }: { accountId: number; name: string }) =>
      linkHubUser(accountId, { name, was, ...(isMeant ? { hub_admin: true } : {}) }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["hub"] });
      onClose();
    },
  });
  const person = draft.account ? nameOfPerson(draft.account) : null;
  return (
    <Modal opened onClose={onClose} title={t("adminHub.linkTitle")} closeButtonProps={closeLabel(t)}>
      <form
        onSubmit={(event) => {
          const { name } = formValues(event, ["name"]);
          if (id !== undefined) link.mutate({ accountId: id, name: draft.name ?? name });
        }}
      >
        <Stack>
          <p>{t("adminHub.linkText")}</p>
          {draft.why === "same_name" && <p className="warned">{t("adminHub.sameNameWarns")}</p>}
          {draft.name === undefined ? (
            <TextInput
              name="name"
              label={t("adminHub.hubName")}
              dir="ltr"
              required
              withAsterisk={false}
              maxLength={255}
              autoCapitalize="none"
              spellCheck={false}
              data-autofocus
            />
          ) : (
            <p>
              {t("adminHub.hubName")}: <bdi className="mono">{draft.name}</bdi>
            </p>
          )}
          {person === null ? (
            <PersonFilter label={t("adminSessions.person")} value={username} onChange={setUsername} />
          ) : (
            <p>
              {t("adminSessions.person")}: <bdi>{person}</bdi>
            </p>
          )}
          <div role="status" className="warned">
            {found.nobody && t("adminHub.noSuchPerson")}
            {was !== null && t("adminHub.linkedNow", { name: was })}
          </div>
          {draft.isAdmin !== false && (
            <Checkbox
              label={t("adminHub.adminMeant")}
              description={t("adminHub.adminMeantText")}
              checked={isMeant}
              onChange={(event) => setMeant(event.currentTarget.checked)}
            />
          )}
          <FormEnd
            action={t("adminHub.link")}
            disabled={id === undefined || present.isPending}
            pending={link.isPending}
            error={link.error}
            onClose={onClose}
          />
        </Stack>
      </form>
    </Modal>
  );
}
