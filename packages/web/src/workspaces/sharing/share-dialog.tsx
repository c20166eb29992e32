import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { shareWorkspace } from "../../api/shares.ts";
import type { Workspace } from "../../api/types.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { type Chosen, sameOne } from "./chosen.ts";
import { ChosenOnes } from "./chosen-ones.tsx";
import { FindPeople } from "./find-people.tsx";
import { MyGroups } from "./my-groups.tsx";

/** To whom: people by name, or a group's members of this moment. Each gets a copy of their own. */
export function ShareDialog({ workspace, onClose }: { workspace: Workspace; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const ids = (kind: Chosen["kind"]) => chosen.filter((one) => one.kind === kind).map(({ id }) => id);
  const share = useMutation({
    mutationFn: () => shareWorkspace(workspace.id, ids("person"), ids("group")),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["shares"] });
      onClose();
    },
  });
  const choose = (one: Chosen) =>
    setChosen((all) =>
      all.some((other) => sameOne(one, other)) ? all.filter((other) => !sameOne(one, other)) : [...all, one],
    );
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
