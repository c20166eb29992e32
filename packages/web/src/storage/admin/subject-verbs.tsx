import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { linkStorage, type StorageSubject } from "../../api/storage.ts";
import { Hint } from "../../pieces/hint.tsx";
import { IconLink, IconTrash } from "../../pieces/icons.ts";
import { Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { useUndo } from "../../pieces/undo.tsx";
import { ownerName } from "../level.ts";
import { DeleteStorage } from "./delete-storage.tsx";
import { LinkStorage } from "./link-storage.tsx";
import classes from "./subjects.module.css";

/** Whose it is, and its end. */
export function SubjectVerbs({ subject }: { subject: StorageSubject }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<"link" | "delete" | null>(null);
  const unlink = useUnlink(subject);
  const isLinked = subject.account !== null || subject.group !== null;
  const close = () => setAsked(null);
  return (
    <Section
      title={t("adminStorage.verbs")}
      hint={<Hint about={t("adminStorage.link")}>{t("adminStorage.linkAbout")}</Hint>}
    >
      <div className={classes.verbs}>
        {isLinked ? (
          <Button variant="default" size="xs" loading={unlink.isPending} onClick={() => unlink.mutate()}>
            {t("adminStorage.unlink")}
          </Button>
        ) : (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconLink size={16} aria-hidden="true" />}
            onClick={() => setAsked("link")}
          >
            {t("adminStorage.link")}
          </Button>
        )}
        <Button
          variant="subtle"
          color="bad"
          size="xs"
          leftSection={<IconTrash size={16} aria-hidden="true" />}
          onClick={() => setAsked("delete")}
        >
          {t("adminStorage.delete")}
        </Button>
      </div>
      {unlink.isError && <ReasonCard error={unlink.error} />}
      {asked === "link" && <LinkStorage subject={subject} onClose={close} />}
      {asked === "delete" && (
        <DeleteStorage subject={subject} onDone={() => void navigate({ to: "/admin/storage" })} onClose={close} />
      )}
    </Section>
  );
}

/** Takes the link away, and offers it back. */
function useUnlink(subject: StorageSubject) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const offerUndo = useUndo();
  const { id, account, group } = subject;
  const refresh = () => client.invalidateQueries({ queryKey: ["storage"] });
  return useMutation({
    mutationFn: () => linkStorage(id, null),
    // Kept at once: an event may tell of nobody's before the call's own answer does.
    onMutate: () => (account !== null ? { account_id: account.id } : group !== null ? { group_id: group.id } : null),
    onSuccess: (_now, _nothing, before) => {
      offerUndo({
        text: t("adminStorage.unlinked", { name: ownerName(subject) }),
        undo: () => linkStorage(id, before).then(refresh),
      });
    },
    onSettled: refresh,
  });
}
