import { Button, Modal, Group as Row, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Group, putMember } from "../api/groups.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { type Chosen, sameOne } from "../workspaces/sharing/chosen.ts";
import { ChosenOnes } from "../workspaces/sharing/chosen-ones.tsx";
import { FindPeople } from "../workspaces/sharing/find-people.tsx";

/** People by name, some at once; each comes in as a member. */
export function AddMembers({ group, onClose }: { group: Group; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const add = useMutation({
    mutationFn: async () => {
      for (const { id } of chosen) await putMember(group.id, id, "member");
    },
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: ["groups"] }),
  });
  const choose = (one: Chosen) =>
    setChosen((all) =>
      all.some((other) => sameOne(one, other)) ? all.filter((other) => !sameOne(one, other)) : [...all, one],
    );
  return (
    <Modal opened onClose={onClose} title={t("groups.addTitle", { name: group.name })} closeButtonProps={closeLabel(t)}>
      <Stack>
        <FindPeople has={(one) => chosen.some((other) => sameOne(one, other))} onChoose={choose} />
        <ChosenOnes chosen={chosen} label={t("groups.willBeAdded")} onRemove={choose} />
        {add.isError && <ReasonCard error={add.error} />}
        <Row justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button disabled={chosen.length === 0} loading={add.isPending} onClick={() => add.mutate()}>
            {t("groups.add")}
          </Button>
        </Row>
      </Stack>
    </Modal>
  );
}
