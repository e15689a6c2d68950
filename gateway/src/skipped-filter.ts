import { type Extension, typed } from "./envoy-config.ts";

/** A condition on a header of a call: it is there and, if a value is given, has it. With `not` the opposite. */
export interface Condition {
  readonly of: "request" | "answer";
  readonly header: string;
  readonly value?: { readonly exact: string } | { readonly prefix: string } | { readonly contains: string } | Regex;
  readonly not?: true;
}

/** A regular expression that the whole value has to match, as the matchers of filters have it. */
export interface Regex {
  readonly safe_regex: { readonly google_re2: object; readonly regex: string };
}

/** Makes one of the expression's text. */
export function regex(text: string): Regex {
  return { safe_regex: { google_re2: {}, regex: text } };
}

/**
 * Has a filter look at no call of which one of the cases holds: all conditions of it. A program in Lua takes as long as several filters of
 * Envoy's own, even where it finds nothing to do. Conditions on the answer come before those on the request: of a call that was answered before the filter
 * saw its request, only the former can be told, and where none of them holds, the filter does look at it.
 */
export function skippedFilter(filter: Extension, ...cases: readonly (readonly Condition[])[]): Extension {
  const matchers = cases.map((conditions) => ({ predicate: all(conditions), on_match: { action: skip } }));
  return {
    name: filter.name,
    typed_config: typed("envoy.extensions.common.matching.v3.ExtensionWithMatcher", {
      extension_config: { name: filter.name, typed_config: filter.typed_config },
      xds_matcher: { matcher_list: { matchers } },
    }),
  };
}

const skip: Extension = {
  name: "skip",
  typed_config: typed("envoy.extensions.filters.common.matcher.action.v3.SkipFilter", {}),
};

const anything = regex(".*");

const inputs = { request: "HttpRequestHeaderMatchInput", answer: "HttpResponseHeaderMatchInput" };

function all(conditions: readonly Condition[]): object {
  const predicates = conditions.map(predicate);
  return predicates.length === 1 ? { ...predicates[0] } : { and_matcher: { predicate: predicates } };
}

function predicate({ of, header, value, not }: Condition): object {
  const input: Extension = {
    name: header,
    typed_config: typed(`envoy.type.matcher.v3.${inputs[of]}`, { header_name: header }),
  };
  const single = { single_predicate: { input, value_match: value ?? anything } };
  return not === true ? { not_matcher: single } : single;
}
