import { Button, Modal, Group as Row, Select } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { groupsQuery } from "../api/groups.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { closeLabel } from "../pieces/confirm.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";

interface AddToGroupProps {
  readonly count: number;
  readonly pending: boolean;
  readonly error: unknown;
  /** Who they are. */
  readonly children: ReactNode;
  onGroup(id: number): void;
  onClose(): void;
}

/** Which group all of them come into. */
export function AddToGroup({ count, pending, error, children, onGroup, onClose }: AddToGroupProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const [search, setSearch] = useState("");
  const [group, setGroup] = useState<string | null>(null);
  const groups = useInfiniteQuery(groupsQuery("all", search));
  const items = groups.data?.pages.flatMap((page) => page.items).filter((one) => !one.built_in) ?? [];
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("people.addToGroupTitle", { count, n: format.number(count) })}
      closeButtonProps={closeLabel(t)}
    >
      {children}
      <Select
        label={t("people.group")}
        data={items.map(({ id, name }) => ({ value: String(id), label: name }))}
        value={group}
        onChange={setGroup}
        searchable
        onSearchChange={setSearch}
        nothingFoundMessage={t("people.noGroup")}
        comboboxProps={{ withinPortal: true }}
        data-autofocus
      />
      {error ? <ReasonCard error={error} /> : null}
      <Row justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button disabled={group === null} loading={pending} onClick={() => onGroup(Number(group))}>
          {t("people.addToGroup")}
        </Button>
      </Row>
    </Modal>
  );
}
