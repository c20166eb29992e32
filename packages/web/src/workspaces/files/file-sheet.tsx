import { Modal, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FileEntry } from "../../api/types.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { shownName } from "./file-path.ts";
import classes from "./file-sheet.module.css";
import type { FileVerb } from "./verbs-of.ts";

interface FileSheetProps {
  readonly entry: FileEntry;
  readonly items: readonly FileVerb[];
  onClose(): void;
}

/** The verbs of one file for fingers: large rows in a sheet from below. */
export function FileSheet({ entry, items, onClose }: FileSheetProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      title={<bdi className="clip">{shownName(entry.name)}</bdi>}
      closeButtonProps={closeLabel(t)}
      centered={false}
      classNames={{ inner: classes.inner, content: classes.sheet }}
    >
      {items.map(({ word, picture: Picture, href, act, off, danger }) => {
        const within = (
          <>
            <Picture size={20} stroke={1.75} aria-hidden="true" />
            {t(`files.${word}`)}
          </>
        );
        const common = { className: classes.verb, "data-danger": danger || undefined };
        return href === undefined ? (
          <UnstyledButton
            key={word}
            {...common}
            disabled={off}
            onClick={() => {
              onClose();
              act?.();
            }}
          >
            {within}
          </UnstyledButton>
        ) : (
          <UnstyledButton key={word} {...common} component="a" href={href} download onClick={onClose}>
            {within}
          </UnstyledButton>
        );
      })}
    </Modal>
  );
}
