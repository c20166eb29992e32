import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { shareWorkspace } from "../../api/shares.ts";
import type { Workspace } from "../../api/types.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { useDraft } from "../../pieces/use-draft.ts";
import { type Chosen, chosenFrom, sameOne } from "./chosen.ts";
import { ChosenOnes } from "./chosen-ones.tsx";
import { FindPeople } from "./find-people.tsx";
import { MyGroups } from "./my-groups.tsx";

interface ShareDialogProps {
  readonly workspace: Workspace;
  onShared(): void;
  onClose(): void;
}

/** To whom: people by name, or a group's members of this moment. Each gets a copy of their own. */
export function ShareDialog({ workspace, onShared, onClose }: ShareDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft(`workspace.${workspace.id}.share`);
  const [chosen, setChosen] = useState<readonly Chosen[]>(() => chosenFrom(draft.text("chosen")));
  const ids = (kind: Chosen["kind"]) => chosen.filter((one) => one.kind === kind).map(({ id }) => id);
  const share = useMutation({
    mutationFn: () => shareWorkspace(workspace.id, ids("person"), ids("group")),
    onSuccess: async () => {
      draft.clear();
      await client.invalidateQueries({ queryKey: ["shares"] });
      onShared();
      onClose();
    },
  });
  const choose = (one: Chosen) => {
    const others = chosen.filter((other) => !sameOne(one, other));
    const next = others.length < chosen.length ? others : [...chosen, one];
    draft.keep({ chosen: JSON.stringify(next) });
    setChosen(next);
  };
  const has = (one: Chosen) => chosen.some((other) => sameOne(one, other));
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("sharing.shareTitle", { name: workspace.name })}
      closeButtonProps={closeLabel(t)}
    >
      <Stack>
        <p className="quiet">{t("sharing.lead")}</p>
        <FindPeople has={has} onChoose={choose} />
        <MyGroups has={has} onChoose={choose} />
        <ChosenOnes chosen={chosen} label={t("sharing.chosen")} onRemove={choose} />
        {share.isError && <ReasonCard error={share.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button disabled={chosen.length === 0} loading={share.isPending} onClick={() => share.mutate()}>
            {t("sharing.share")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
