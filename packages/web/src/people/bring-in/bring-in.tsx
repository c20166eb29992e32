import { Button, FileButton, Group, Modal, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { checkPeopleFile, importPeople } from "../../api/people-import.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { closeLabel } from "../../pieces/confirm.tsx";
import { IconDownload, IconUpload } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import classes from "./bring-in.module.css";
import { CheckedPeople } from "./checked-people.tsx";
import { isTooLong, longestFile, readText } from "./read-text.ts";

/** An empty file with the names of all columns; the mark tells spreadsheets what it is written in. */
const example = `data:text/csv;charset=utf-8,${encodeURIComponent(
  "\ufeffusername,full_name,email,groups,organization,language\r\n",
)}`;

/** The file can't be read at all: a word under `people` that says why. */
class Unreadable extends Error {
  readonly word: "tooLongFile" | "otherWriting";
  constructor(word: Unreadable["word"]) {
    super(word);
    this.word = word;
  }
}

async function look(file: File) {
  if (file.size > longestFile) throw new Unreadable("tooLongFile");
  const csv = readText(new Uint8Array(await file.arrayBuffer()));
  if (csv === null) throw new Unreadable("otherWriting");
  if (isTooLong(csv)) throw new Unreadable("tooLongFile");
  return { csv, name: file.name, checked: await checkPeopleFile(csv) };
}

interface BringInProps {
  onClose(): void;
  /** They are being added. */
  onBegun(operationId: string): void;
}

/** Many people at once, from a file: first what would become of each line, then the doing. */
export function BringIn({ onClose, onBegun }: BringInProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const client = useQueryClient();
  const forget = useRef<() => void>(null);
  const check = useMutation({ mutationFn: look });
  const add = useMutation({
    mutationFn: importPeople,
    onSuccess: ({ operation_id }) => onBegun(operation_id),
    // Somebody was added, or a group deleted, since it was looked through.
    onError: () => client.invalidateQueries({ queryKey: ["people"] }),
  });
  const found = check.data;
  const ready = found !== undefined && found.checked.wrong === 0 && found.checked.good > 0;
  const choose = (file: File | null) => {
    if (file === null) return;
    add.reset();
    check.mutate(file);
    // The same file, mended, is chosen anew.
    forget.current?.();
  };
  const count = found?.checked.good ?? 0;
  return (
    <Modal opened onClose={onClose} title={t("people.bringIn")} closeButtonProps={closeLabel(t)} size="lg">
      <Stack>
        <div className={classes.checked}>
          <p className="quiet">{t("people.bringInText")}</p>
          <p className="quiet">{t("people.fileColumns")}</p>
        </div>
        <Group gap="sm">
          <FileButton accept=".csv,.tsv,.txt,text/csv" resetRef={forget} onChange={choose}>
            {(props) => (
              <Button
                {...props}
                variant={ready ? "default" : "filled"}
                leftSection={<IconUpload size={18} aria-hidden="true" />}
                loading={check.isPending}
                data-autofocus
              >
                {t(found === undefined ? "people.chooseFile" : "people.otherFile")}
              </Button>
            )}
          </FileButton>
          <Button
            component="a"
            href={example}
            download="people.csv"
            variant="subtle"
            leftSection={<IconDownload size={18} aria-hidden="true" />}
          >
            {t("people.exampleFile")}
          </Button>
        </Group>
        {check.isPending && <RowsLoading rows={3} height={28} />}
        {check.error instanceof Unreadable ? (
          <p role="alert" className="warned">
            {t(`people.${check.error.word}`)}
          </p>
        ) : (
          check.isError && <ReasonCard error={check.error} />
        )}
        {found && <CheckedPeople name={found.name} checked={found.checked} />}
        {add.isError && <ReasonCard error={add.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button disabled={!ready} loading={add.isPending} onClick={() => found && add.mutate(found.csv)}>
            {ready ? t("people.addThem", { count, n: format.number(count) }) : t("people.addNobody")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
