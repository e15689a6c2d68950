import { type Extension, typed } from "./envoy-config.ts";

/** A condition on the headers of an answer: a header begins like this, or is missing. */
export type AnswerCondition =
  | { readonly header: string; readonly prefix: string }
  | { readonly header: string; readonly isMissing: true };

/**
 * Has a filter look at no answer that meets all of the conditions. A program in Lua takes as long as several filters of Envoy's own,
 * even where it finds nothing to do.
 */
export function skippingAnswers(filter: Extension, conditions: readonly AnswerCondition[]): Extension {
  const [first, second, ...others] = conditions.map(predicate);
  const all = second === undefined ? first : { and_matcher: { predicate: [first, second, ...others] } };
  return {
    name: filter.name,
    typed_config: typed("envoy.extensions.common.matching.v3.ExtensionWithMatcher", {
      extension_config: { name: filter.name, typed_config: filter.typed_config },
      xds_matcher: { matcher_list: { matchers: [{ predicate: all, on_match: { action: skip } }] } },
    }),
  };
}

const skip: Extension = {
  name: "skip",
  typed_config: typed("envoy.extensions.filters.common.matcher.action.v3.SkipFilter", {}),
};

function predicate(condition: AnswerCondition): object {
  const input: Extension = {
    name: condition.header,
    typed_config: typed("envoy.type.matcher.v3.HttpResponseHeaderMatchInput", { header_name: condition.header }),
  };
  return "prefix" in condition
    ? { single_predicate: { input, value_match: { prefix: condition.prefix } } }
    : { not_matcher: { single_predicate: { input, value_match: anything } } };
}

const anything = { safe_regex: { google_re2: {}, regex: ".*" } };
