import { Button, Checkbox, Group, Stack } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { folderOf, nameOf, shownName } from "./file-path.ts";
import type { TakenAnswer, TakenChoice } from "./place-each.ts";

/** Something of this name is there: what now? `more` are still to come. */
export function TakenQuestion(props: { path: string; more: number; onAnswer: (answer: TakenAnswer) => void }) {
  const { path, more, onAnswer } = props;
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const safest = useRef<HTMLButtonElement>(null);
  useEffect(() => safest.current?.focus(), []);
  const folder = folderOf(path);
  const choices: readonly TakenChoice[] = more > 0 ? ["skip", "replace", "keep_both"] : ["replace", "keep_both"];
  return (
    <Stack role="alert">
      <span>
        {folder === ""
          ? t("uploads.taken", { name: shownName(path) })
          : t("files.takenIn", { name: shownName(nameOf(path)), folder: shownName(folder) })}{" "}
        <span className="quiet">{t("files.takenReplace")}</span>
      </span>
      {more > 0 && (
        <Checkbox
          size="xs"
          label={t("uploads.forAll")}
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" px="sm" onClick={() => onAnswer({ choice: "stop", all: true })}>
          {t("common.cancel")}
        </Button>
        {choices.map((choice) => (
          <Button
            key={choice}
            ref={choice === "keep_both" ? safest : undefined}
            px="sm"
            variant={choice === "keep_both" ? "filled" : "default"}
            onClick={() => onAnswer({ choice, all })}
          >
            {t(`uploads.${choice}`)}
          </Button>
        ))}
      </Group>
    </Stack>
  );
}
