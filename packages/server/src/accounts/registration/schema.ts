import { Type } from "typebox";
import { PASSWORD_MAX, PASSWORD_MIN, USERNAME } from "../identity-rules.ts";
import { TypedPassword } from "../schema.ts";

/** What contract 2 asks for. Checked by the service, which knows the contract's texts. */
export const Registration = Type.Object({
  username: Type.String({ pattern: USERNAME.source, examples: ["ada.l"] }),
  email: Type.String({ maxLength: 254, examples: ["ada@example.org"] }),
  full_name: Type.String({ minLength: 1, maxLength: 200 }),
  password: Type.String({ minLength: PASSWORD_MIN, maxLength: PASSWORD_MAX }),
  organization: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
});

export const Registered = Type.Object({
  message: Type.String(),
  details: Type.Object({ username: Type.String() }),
});

export const Confirmation = Type.Object({
  token: Type.String({ maxLength: 200, description: "What stands after `#token=` in the mailed link." }),
  password: TypedPassword,
});
