import { Button, Checkbox, Group, Modal, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addViewer } from "../../api/session-viewers.ts";
import type { Session } from "../../api/types.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { IconAlertTriangle } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { type Chosen, sameOne } from "../../workspaces/sharing/chosen.ts";
import { ChosenOnes } from "../../workspaces/sharing/chosen-ones.tsx";
import { FindPeople } from "../../workspaces/sharing/find-people.tsx";
import classes from "./viewers.module.css";

/** To whom, and in plain words what they will be able to do; to let others act as oneself takes a second yes. */
export function InviteViewers({ session, onClose }: { session: Session; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const [agreed, setAgreed] = useState(false);
  const acts = session.opens === "program";
  const invite = useMutation({
    mutationFn: async () => {
      // One after the other: what was refused for one is told, and who came before stays invited.
      for (const { id } of chosen) await addViewer(session.id, id, acts);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["sessions", "viewers"] }),
    onSuccess: onClose,
  });
  const has = (one: Chosen) => chosen.some((other) => sameOne(one, other));
  const choose = (one: Chosen) =>
    setChosen((all) => (has(one) ? all.filter((other) => !sameOne(one, other)) : [...all, one]));
  return (
    <Modal opened onClose={onClose} title={t("viewers.shareTitle")} closeButtonProps={closeLabel(t)}>
      <Stack>
        {acts ? (
          <p className={classes.warning}>
            <IconAlertTriangle size={20} aria-hidden="true" />
            <span>{t("viewers.actText")}</span>
          </p>
        ) : (
          <p className="quiet">{t("viewers.lookText")}</p>
        )}
        <FindPeople has={has} onChoose={choose} />
        <ChosenOnes chosen={chosen} label={t("viewers.chosen")} onRemove={choose} />
        {acts && (
          <Checkbox
            checked={agreed}
            label={t("viewers.agree")}
            onChange={(event) => setAgreed(event.currentTarget.checked)}
          />
        )}
        {invite.isError && <ReasonCard error={invite.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button
            disabled={chosen.length === 0 || (acts && !agreed)}
            loading={invite.isPending}
            onClick={() => invite.mutate()}
          >
            {t("viewers.share")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
