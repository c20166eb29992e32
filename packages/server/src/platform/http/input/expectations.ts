import type { InputIssue } from "./invalid-input.ts";

type Expectation = Pick<InputIssue, "expected" | "pydantic">;

const types: Readonly<Record<string, Expectation>> = {
  string: say("must be a string", "باید متن باشد", "string_type", "Input should be a valid string"),
  integer: say("must be an integer", "باید عدد صحیح باشد", "int_type", "Input should be a valid integer"),
  number: say("must be a number", "باید عدد باشد", "float_type", "Input should be a valid number"),
  boolean: say("must be true or false", "باید true یا false باشد", "bool_type", "Input should be a valid boolean"),
  array: say("must be a list", "باید فهرست باشد", "list_type", "Input should be a valid list"),
  object: say("must be an object", "باید شیء باشد", "dict_type", "Input should be a valid dictionary"),
  null: say("must be null", "باید null باشد", "none_required", "Input should be None"),
};

/** What a schema keyword asks for, in both languages and in Pydantic's words. */
export function expectationOf(keyword: string, params: object): Expectation {
  const limit = String(Reflect.get(params, "limit") ?? "");
  switch (keyword) {
    case "required":
      return say("is missing", "وارد نشده است", "missing", "Field required");
    case "type":
      return types[String(Reflect.get(params, "type"))] ?? other;
    case "minimum":
      return say(
        `must be at least ${limit}`,
        `باید دست‌کم ${limit} باشد`,
        "greater_than_equal",
        `Input should be greater than or equal to ${limit}`,
      );
    case "maximum":
      return say(
        `must be at most ${limit}`,
        `باید حداکثر ${limit} باشد`,
        "less_than_equal",
        `Input should be less than or equal to ${limit}`,
      );
    case "exclusiveMinimum":
      return say(
        `must be above ${limit}`,
        `باید بیش از ${limit} باشد`,
        "greater_than",
        `Input should be greater than ${limit}`,
      );
    case "exclusiveMaximum":
      return say(
        `must be below ${limit}`,
        `باید کمتر از ${limit} باشد`,
        "less_than",
        `Input should be less than ${limit}`,
      );
    case "minLength":
      return say(
        `must have at least ${limit} characters`,
        `باید دست‌کم ${limit} نویسه داشته باشد`,
        "string_too_short",
        `String should have at least ${limit} characters`,
      );
    case "maxLength":
      return say(
        `must have at most ${limit} characters`,
        `باید حداکثر ${limit} نویسه داشته باشد`,
        "string_too_long",
        `String should have at most ${limit} characters`,
      );
    case "minItems":
      return say(
        `must have at least ${limit} items`,
        `باید دست‌کم ${limit} مورد داشته باشد`,
        "too_short",
        `List should have at least ${limit} items after validation`,
      );
    case "maxItems":
      return say(
        `must have at most ${limit} items`,
        `باید حداکثر ${limit} مورد داشته باشد`,
        "too_long",
        `List should have at most ${limit} items after validation`,
      );
    case "pattern":
      return say(
        "does not have the expected form",
        "شکل درستی ندارد",
        "string_pattern_mismatch",
        "String should match the expected pattern",
      );
    case "format":
      return format(String(Reflect.get(params, "format")));
    case "const":
      return oneOf([Reflect.get(params, "allowedValue")]);
    case "enum":
      return oneOf(Reflect.get(params, "allowedValues"));
    case "safeInteger":
      return say(
        "must be between -(2^53 - 1) and 2^53 - 1",
        "باید بین -(2^53 - 1) و 2^53 - 1 باشد",
        "int_parsing_size",
        "Unable to parse input string as an integer, exceeded maximum size",
      );
    case "depth":
      return say(
        "must not be nested deeper than 64 levels",
        "نباید بیش از ۶۴ سطح تودرتو باشد",
        "recursion_loop",
        "Input is nested too deeply",
      );
    default:
      return other;
  }
}

const other = say("does not have the expected form", "شکل درستی ندارد", "value_error", "Value error");

function format(name: string): Expectation {
  return say(`must be a valid ${name}`, `باید ${name} معتبر باشد`, "value_error", `Value error, not a valid ${name}`);
}

function oneOf(allowed: unknown): Expectation {
  const texts = (Array.isArray(allowed) ? allowed : []).map((value) => JSON.stringify(value));
  const list = texts.join(", ");
  return say(
    `must be one of ${list}`,
    `باید یکی از این‌ها باشد: ${list}`,
    "enum",
    `Input should be ${texts.join(" or ")}`,
  );
}

function say(en: string, fa: string, type: string, msg: string): Expectation {
  return { expected: { en, fa }, pydantic: { type, msg } };
}
