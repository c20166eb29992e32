import { Button, Group, Modal, Pill, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { shareWorkspace } from "../../api/shares.ts";
import type { Workspace } from "../../api/types.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { FindPeople } from "./find-people.tsx";
import { MyGroups } from "./my-groups.tsx";
import classes from "./sharing.module.css";

export interface Chosen {
  readonly kind: "person" | "group";
  readonly id: number;
  readonly name: string;
}

const same = (a: Chosen, b: Chosen) => a.kind === b.kind && a.id === b.id;

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
      all.some((other) => same(one, other)) ? all.filter((other) => !same(one, other)) : [...all, one],
    );
  const has = (one: Chosen) => chosen.some((other) => same(one, other));
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
        {chosen.length > 0 && (
          <ul className={classes.chosen} aria-label={t("sharing.chosen")}>
            {chosen.map((one) => (
              <li key={`${one.kind}${one.id}`}>
                <Pill
                  withRemoveButton
                  onRemove={() => choose(one)}
                  removeButtonProps={{
                    "aria-label": t("sharing.remove", { name: one.name }),
                    "aria-hidden": false,
                    tabIndex: 0,
                  }}
                >
                  <bdi>{one.name}</bdi>
                </Pill>
              </li>
            ))}
          </ul>
        )}
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
