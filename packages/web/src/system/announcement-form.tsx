import { Checkbox, Modal, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type Announcement,
  type AnnouncementKind,
  type Audience,
  changeAnnouncement,
  createAnnouncement,
  type NewAnnouncement,
} from "../api/announcements.ts";
import { formValues } from "../auth/form-values.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { FormEnd } from "../pieces/form-end.tsx";
import { useDraft } from "../pieces/use-draft.ts";
import { GroupChoice } from "./group-choice.tsx";
import { fromField } from "./local-time.ts";
import classes from "./system.module.css";
import { TimeFields } from "./time-fields.tsx";

const names = ["title", "text", "title_fa", "text_fa", "kind", "audience", "group_id", "starts_at", "ends_at"] as const;

/** A new announcement, or one that there is. */
export function AnnouncementForm({ announcement, onClose }: { announcement?: Announcement; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft(announcement ? `announcement.${announcement.id}` : "announcement.new");
  const [audience, setAudience] = useState(draft.text("audience", announcement?.audience ?? "everyone"));
  const save = useMutation({
    mutationFn: (body: NewAnnouncement) =>
      announcement
        ? changeAnnouncement(announcement.id, { ...body, version: announcement.version })
        : createAnnouncement(body),
    onSuccess: async () => {
      draft.clear();
      await client.invalidateQueries({ queryKey: ["announcements"] });
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t(announcement ? "system.editAnnouncement" : "system.newAnnouncement")}
      closeButtonProps={closeLabel(t)}
    >
      <form onInput={draft.onInput} onSubmit={(event) => save.mutate(read(event, announcement))}>
        <Stack>
          <TextInput
            name="title"
            label={t("system.titleField")}
            defaultValue={draft.text("title", announcement?.title)}
            dir="auto"
            required
            withAsterisk={false}
            maxLength={200}
            data-autofocus
          />
          <Textarea
            name="text"
            label={`${t("system.textField")} (${t("common.optional")})`}
            description={t("system.textHint")}
            defaultValue={draft.text("text", announcement?.text)}
            dir="auto"
            rows={3}
            maxLength={4000}
          />
          <details className={classes.more} open={(announcement?.title_fa ?? "") !== ""}>
            <summary>{t("system.inPersian")}</summary>
            <Stack mt="sm">
              <TextInput
                name="title_fa"
                label={t("system.titlePersian")}
                defaultValue={draft.text("title_fa", announcement?.title_fa)}
                dir="rtl"
                lang="fa"
                maxLength={200}
              />
              <Textarea
                name="text_fa"
                label={t("system.textPersian")}
                defaultValue={draft.text("text_fa", announcement?.text_fa)}
                dir="rtl"
                lang="fa"
                rows={3}
                maxLength={4000}
              />
            </Stack>
          </details>
          <div className={classes.pair}>
            <NativeSelect
              name="kind"
              label={t("system.kind")}
              defaultValue={draft.text("kind", announcement?.kind ?? "info")}
              data={(["info", "warning"] as const).map((value) => ({ value, label: t(`system.kinds.${value}`) }))}
            />
            <NativeSelect
              name="audience"
              label={t("system.audience")}
              value={audience}
              onChange={(event) => setAudience(event.currentTarget.value)}
              data={(["everyone", "admins", "group"] as const).map((value) => ({
                value,
                label: t(`system.audiences.${value}`),
              }))}
            />
          </div>
          {audience === "group" && (
            <GroupChoice chosen={draft.text("group_id", String(announcement?.group_id ?? ""))} />
          )}
          <TimeFields
            from={draft.text("starts_at", announcement?.starts_at ?? "")}
            until={draft.text("ends_at", announcement?.ends_at ?? "")}
          />
          {audience === "everyone" && (
            <Checkbox
              name="public"
              value="yes"
              label={t("system.public")}
              defaultChecked={draft.chosen("public", "yes", announcement?.public)}
            />
          )}
          <Checkbox
            name="dismissible"
            value="yes"
            label={t("system.dismissible")}
            defaultChecked={draft.chosen("dismissible", "yes", announcement?.dismissible ?? true)}
          />
          <FormEnd
            action={t(announcement ? "common.save" : "system.publish")}
            pending={save.isPending}
            error={save.error}
            onClose={onClose}
          />
        </Stack>
      </form>
    </Modal>
  );
}

function read(event: SyntheticEvent<HTMLFormElement>, before: Announcement | undefined): NewAnnouncement {
  const data = new FormData(event.currentTarget);
  const { kind, audience, group_id, starts_at, ends_at, ...words } = formValues(event, names);
  return {
    ...words,
    kind: kind as AnnouncementKind,
    audience: audience as Audience,
    group_id: audience === "group" && group_id !== "" ? Number(group_id) : null,
    public: audience === "everyone" && data.get("public") !== null,
    dismissible: data.get("dismissible") !== null,
    starts_at: fromField(starts_at) ?? before?.starts_at ?? null,
    ends_at: fromField(ends_at),
  };
}
