import { Button, Group, Modal, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Mail, mailQuery } from "../api/mails.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { CopyButton } from "../pieces/copy-line.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import classes from "./mails.module.css";
import { subjectDirection } from "./subject-direction.ts";

/** What one mail says, to be passed on. That it was read is in the audit: a one-time link may stand in it. */
export function ReadMail({ mail, onClose }: { mail: Mail; onClose: () => void }) {
  const { t } = useTranslation();
  const read = useQuery(mailQuery(mail.id));
  return (
    <Modal
      opened
      onClose={onClose}
      title={<bdi dir={subjectDirection(mail.subject)}>{mail.subject}</bdi>}
      closeButtonProps={closeLabel(t)}
      size="lg"
    >
      <Stack>
        <p className="quiet small">{t("mails.passOn", { to: mail.to })}</p>
        {read.isPending && <RowsLoading rows={4} height={22} />}
        {read.isError && <ReasonCard error={read.error} />}
        {read.data && read.data.text === null && <p className="quiet">{t("mails.noText")}</p>}
        {read.data?.text && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by keyboard
          <section className={classes.text} tabIndex={0} aria-label={mail.subject} dir="auto">
            {read.data.text}
          </section>
        )}
        <Group justify="flex-end">
          {read.data?.text && <CopyButton text={read.data.text} />}
          <Button variant="default" onClick={onClose}>
            {t("common.close")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
