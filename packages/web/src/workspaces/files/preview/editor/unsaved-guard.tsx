import { useBlocker } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Confirm } from "../../../../pieces/confirm.tsx";

interface UnsavedGuardProps {
  readonly unsaved: boolean;
  /** One goes on with it after all. */
  onStay(): void;
}

/** Asks before one leaves what is not saved, by whatever way. The browser asks itself before the portal is left. */
export function UnsavedGuard({ unsaved, onStay }: UnsavedGuardProps) {
  const { t } = useTranslation();
  const blocker = useBlocker({
    shouldBlockFn: () => unsaved,
    enableBeforeUnload: () => unsaved,
    withResolver: true,
  });
  if (blocker.status !== "blocked") return null;
  return (
    <Confirm
      opened
      title={t("preview.leaveTitle")}
      text={t("preview.leaveText")}
      action={t("preview.leave")}
      pending={false}
      error={null}
      onConfirm={blocker.proceed}
      onClose={() => {
        blocker.reset();
        onStay();
      }}
    />
  );
}
