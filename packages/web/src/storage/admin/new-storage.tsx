import { Modal, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "../../api/api-error.ts";
import { createStorage, type StorageSubject, type SubjectKind } from "../../api/storage.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { FormEnd } from "../../pieces/form-end.tsx";
import { QuotaField } from "../quota-field.tsx";
import { readSize } from "../sizes.ts";
import { InTrash } from "./in-trash.tsx";
import { type Owner, OwnerSelect } from "./owner-select.tsx";

const kinds: readonly SubjectKind[] = ["user", "group"];

/** Whose, called what, how much; where one of this name is in the trash, it asks which is meant. */
export function NewStorage({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [kind, setKind] = useState<SubjectKind>("user");
  const [owner, setOwner] = useState<Owner | null>(null);
  const [name, setName] = useState("");
  const [quota, setQuota] = useState("10 GiB");
  const bytes = readSize(quota);
  const link = owner === null ? {} : kind === "user" ? { account_id: owner.id } : { group_id: owner.id };
  const create = useMutation({
    mutationFn: (anew: boolean) =>
      createStorage({
        kind,
        name: name.trim(),
        quota: bytes ?? 0,
        ...link,
        ...(anew ? { anew } : {}),
      }),
    onSuccess: show,
  });
  const { reason, id, used } = create.isError ? asApiError(create.error).details : {};
  const inTrash = reason === "in_trash" && typeof id === "number";
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(inTrash ? "adminStorage.inTrashTitle" : "adminStorage.new", { name: name.trim() })}
      closeButtonProps={closeLabel(t)}
    >
      {inTrash ? (
        <InTrash
          id={id}
          used={typeof used === "number" ? used : 0}
          pending={create.isPending}
          onBack={show}
          onAnew={() => create.mutate(true)}
          onClose={() => create.reset()}
        />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate(false);
          }}
        >
          <Stack>
            <p className="quiet">{t("adminStorage.newText")}</p>
            <SegmentedControl
              transitionDuration={150}
              aria-label={t("adminStorage.whose")}
              value={kind}
              onChange={(value) => {
                setKind(kinds.find((one) => one === value) ?? "user");
                setOwner(null);
              }}
              data={kinds.map((value) => ({ value, label: t(`adminStorage.one_${value}`) }))}
            />
            <OwnerSelect
              kind={kind}
              label={`${t("adminStorage.owner")} (${t("common.optional")})`}
              value={owner}
              onOwner={(chosen) => {
                setOwner(chosen);
                if (chosen !== null && (name === "" || name === owner?.name)) setName(chosen.name);
              }}
            />
            <TextInput
              label={t("adminStorage.name")}
              description={t("adminStorage.nameText")}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              required
              withAsterisk={false}
              maxLength={200}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              data-autofocus
            />
            <QuotaField label={t("storage.quota")} value={quota} onText={setQuota} />
            <FormEnd
              disabled={name.trim() === "" || bytes === null}
              pending={create.isPending}
              error={create.error}
              onClose={onClose}
            />
          </Stack>
        </form>
      )}
    </Modal>
  );

  async function show(subject: StorageSubject): Promise<void> {
    await client.invalidateQueries({ queryKey: ["storage"] });
    onClose();
    await navigate({ to: "/admin/storage/$subjectId", params: { subjectId: String(subject.id) } });
  }
}
