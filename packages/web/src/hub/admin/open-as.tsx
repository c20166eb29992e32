import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type AnyServer, type OpenProof, openAnyServer } from "../../api/hub-admin.ts";
import { ReasonAndProof } from "../../auth/reason-and-proof.tsx";
import { nameOfPerson } from "../../pieces/person-name.ts";

/** Into somebody's server: why, and the own password once more; its owner is told before it opens. */
export function OpenAs({ server, onClose }: { server: AnyServer; onClose: () => void }) {
  const { t } = useTranslation();
  const open = useMutation({
    mutationFn: (proof: OpenProof) => openAnyServer(server, proof),
    onSuccess: ({ url }) => window.location.assign(url),
  });
  const name = server.account === null ? server.user : nameOfPerson(server.account);
  return (
    <ReasonAndProof
      title={t("adminHub.openTitle", { name })}
      text={t("adminHub.openText", { name })}
      verb={t("adminHub.openVerb")}
      pending={open.isPending || open.isSuccess}
      error={open.error}
      onGiven={open.mutate}
      onClose={onClose}
    />
  );
}
