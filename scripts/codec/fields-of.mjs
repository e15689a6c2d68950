import { ScalarType } from "@bufbuild/protobuf";
import { scalarTypeScriptType } from "@bufbuild/protobuf/codegenv2";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";

/**
 * @typedef {import("@bufbuild/protobuf").DescEnum} DescEnum
 * @typedef {import("@bufbuild/protobuf").DescField} DescField
 * @typedef {import("@bufbuild/protobuf").DescMessage} DescMessage
 */

/**
 * A field as the tables know it.
 *
 * @typedef {object} TableField
 * @property {number} number
 * @property {string} name
 * @property {string | DescMessage} holds a message, or the name of a scalar; an enumeration travels as an `int32`
 * @property {"" | "?" | "[]"} often
 * @property {string | DescMessage | DescEnum} type the type of one value
 */

/**
 * The fields of a message in the order of their numbers. Throws for what the tables do not know.
 *
 * @param {DescMessage} message
 * @returns {readonly TableField[]}
 */
export function fieldsOf(message) {
  return message.fields.map(fieldOf).sort((a, b) => a.number - b.number);
}

/** What the small codec can write beside messages and enumerations: what the engine's schema has. */
const knownScalars = new Set(["bool", "bytes", "int32", "int64", "sint32", "sint64", "string"]);

/** @param {DescField} field @returns {TableField} */
function fieldOf(field) {
  const { number, localName: name, fieldKind, scalar } = field;
  const unknown = whatIsUnknown(field);
  if (unknown !== undefined) throw new Error(`${field} is ${unknown}: the tables of the small codec do not know that`);
  const holds = field.message ?? (scalar === undefined ? "int32" : ScalarType[scalar].toLowerCase());
  const often = fieldKind === "list" ? "[]" : field.presence === FeatureSet_FieldPresence.IMPLICIT ? "" : "?";
  if (scalar === undefined) return { number, name, holds, often, type: field.message ?? field.enum ?? "" };
  return { number, name, holds, often, type: scalarTypeScriptType(scalar, false) };
}

/** @param {DescField} field */
function whatIsUnknown(field) {
  if (field.fieldKind === "map") return "a map";
  if (field.scalar !== undefined && !knownScalars.has(ScalarType[field.scalar].toLowerCase())) return "of another type";
  if (field.oneof !== undefined) return "one of several";
  if ("delimitedEncoding" in field && field.delimitedEncoding) return "a group";
  return undefined;
}
