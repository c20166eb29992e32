import { ActionIcon, TextInput } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconArrowDown, IconArrowUp, IconX } from "../../pieces/icons.ts";
import classes from "./terminal.module.css";

interface FindBarProps {
  /** @returns whether there is such a place */
  onFind(text: string, way: "up" | "down"): boolean;
  onClose(): void;
}

/** Searches what was printed, from its newest line up. */
export function FindBar({ onFind, onClose }: FindBarProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [missing, setMissing] = useState(false);
  const find = (way: "up" | "down", what = text) => setMissing(what !== "" && !onFind(what, way));
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") find(event.shiftKey ? "down" : "up");
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
  };
  return (
    <search className={classes.find} aria-label={t("terminal.find")}>
      <TextInput
        data-autofocus
        autoFocus
        size="xs"
        dir="auto"
        aria-label={t("terminal.findText")}
        placeholder={t("terminal.findText")}
        value={text}
        error={missing}
        onChange={({ currentTarget: { value } }) => {
          setText(value);
          find("up", value);
        }}
        onKeyDown={onKeyDown}
      />
      <ActionIcon aria-label={t("terminal.findUp")} title={t("terminal.findUp")} onClick={() => find("up")}>
        <IconArrowUp size={18} />
      </ActionIcon>
      <ActionIcon aria-label={t("terminal.findDown")} title={t("terminal.findDown")} onClick={() => find("down")}>
        <IconArrowDown size={18} />
      </ActionIcon>
      <span role="status" className="small">
        {missing && t("terminal.notFound")}
      </span>
      <ActionIcon className={classes.atEnd} aria-label={t("common.close")} title={t("common.close")} onClick={onClose}>
        <IconX size={18} />
      </ActionIcon>
    </search>
  );
}
