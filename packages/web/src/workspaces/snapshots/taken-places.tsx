import { Button, Group, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { OnPlaceTaken, PastEntry } from "../../api/snapshots.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { shownName } from "../files/file-path.ts";
import { inTheWay } from "./restore-past.ts";

interface TakenPlacesProps {
  readonly entries: readonly PastEntry[];
  onAnswer(choice: OnPlaceTaken): void;
  onClose(): void;
}

/** Something stands where these were: stay both, or one in the other's place? */
export function TakenPlaces({ entries, onAnswer, onClose }: TakenPlacesProps) {
  const { t } = useTranslation();
  const taken = inTheWay(entries);
  const [only] = taken;
  return (
    <Modal opened onClose={onClose} title={t("files.takenTitle")} closeButtonProps={closeLabel(t)}>
      <p>
        {only !== undefined && taken.length === 1
          ? t("snapshots.taken", { name: shownName(only.path) })
          : t("snapshots.takenMany", { count: taken.length })}
      </p>
      <p className="quiet">{t("snapshots.takenHow")}</p>
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" px="sm" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button variant="default" px="sm" onClick={() => onAnswer("replace")}>
          {t("uploads.replace")}
        </Button>
        <Button px="sm" data-autofocus onClick={() => onAnswer("keep_both")}>
          {t("uploads.keep_both")}
        </Button>
      </Group>
    </Modal>
  );
}
