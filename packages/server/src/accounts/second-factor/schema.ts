import { Type } from "typebox";
import { AccountId, Time, TypedCode, TypedPassword } from "../schema.ts";

export const SecondFactor = Type.Object({
  enabled: Type.Boolean(),
  since: Type.Union([Time, Type.Null()]),
  required: Type.Boolean({ description: "By STOA_REQUIRE_SECOND_FACTOR, for this person." }),
  recovery_codes_left: Type.Integer(),
});

export const Enrolment = Type.Object({
  secret: Type.String({ description: "Base32, to type where nothing can be scanned." }),
  uri: Type.String({ description: "What the QR picture says: otpauth://totp/…" }),
  qr_svg: Type.String({ description: "The picture, as SVG." }),
});

export const BeginBody = Type.Object({ current_password: TypedPassword });
export const CodeBody = Type.Object({ code: TypedCode });
export const ProofBody = Type.Object({ current_password: TypedPassword, code: Type.Optional(TypedCode) });
export const RecoveryCodes = Type.Object({
  recovery_codes: Type.Array(Type.String(), { description: "Each good once, in the place of the app's code." }),
});
export const PersonParams = Type.Object({ id: AccountId });
