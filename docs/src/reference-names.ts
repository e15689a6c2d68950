import {
  ArrayType,
  type Context,
  type DeclarationReflection,
  IntersectionType,
  LiteralType,
  type ProjectReflection,
  ReferenceType,
  ReflectionKind,
  type SomeType,
  TypeOperatorType,
  UnionType,
} from "typedoc";

/** Calls each module by the name that its importers write: `e6data-web/arrow`. */
export function nameByDoor(project: ProjectReflection): void {
  for (const door of project.children ?? []) {
    door.name = door.name === "index" ? "e6data-web" : `e6data-web/${door.name}`;
  }
}

/** Shows the words of types that are read off a list, `(typeof words)[number]`, in the order of the list: the compiler has none. */
export function orderWords(context: Context): void {
  for (const alias of context.project.getReflectionsByKind(ReflectionKind.TypeAlias)) {
    const [declaration] = context.getSymbolFromReflection(alias)?.declarations ?? [];
    if (!alias.isDeclaration() || !(alias.type instanceof UnionType) || declaration === undefined) continue;
    const [, list] = /= \(typeof (\w+)\)\[number\];$/.exec(declaration.getText()) ?? [];
    const source = declaration.getSourceFile().text;
    const [, words] = new RegExp(`\\bconst ${list} = \\[(.*?)\\] as const`, "s").exec(source) ?? [];
    if (words !== undefined) alias.type.types.sort((a, b) => words.indexOf(String(a)) - words.indexOf(String(b)));
  }
}

/**
 * Gives unions of words their names back, and all other unions an order. The compiler forgets the name of a type that is read off a list, so
 * that every place that uses it would show all of its words; and it orders unions by which part it has met first.
 */
export function nameUnions(project: ProjectReflection): void {
  const names = new Map<string, DeclarationReflection>();
  for (const alias of project.getReflectionsByKind(ReflectionKind.TypeAlias)) {
    if (!alias.isDeclaration() || !(alias.type instanceof UnionType)) continue;
    if (alias.type.types.every(isWord)) names.set(wordsOf(alias.type.types), alias);
  }
  const aliases = new Set<unknown>(names.values());
  const named = (type: SomeType): SomeType => {
    if (type instanceof ArrayType) return new ArrayType(named(type.elementType));
    if (type instanceof TypeOperatorType) return new TypeOperatorType(named(type.target), type.operator);
    if (type instanceof IntersectionType) return Object.assign(type, { types: type.types.map(named) });
    if (type instanceof ReferenceType && type.typeArguments !== undefined) {
      return Object.assign(type, { typeArguments: type.typeArguments.map(named) });
    }
    return type instanceof UnionType ? namedUnion(type) : type;
  };
  const namedUnion = (union: UnionType): SomeType => {
    const words = union.types.filter(isWord);
    const alias = words.length > 1 ? names.get(wordsOf(words)) : undefined;
    const parts = union.types.filter((part) => alias === undefined || !isWord(part)).map(named);
    if (alias !== undefined) parts.push(ReferenceType.createResolvedReference(alias.name, alias, project));
    const [only] = parts;
    if (only !== undefined && parts.length === 1) return only;
    // What comments say of the parts goes by their places, which are those of the source then.
    if (union.elementSummaries === undefined) parts.sort((a, b) => rank(a).localeCompare(rank(b), "en"));
    return Object.assign(union, { types: parts });
  };
  for (const reflection of Object.values(project.reflections)) {
    const isTyped = reflection.isDeclaration() || reflection.isParameter() || reflection.isSignature();
    if (!isTyped || reflection.type === undefined || aliases.has(reflection)) continue;
    reflection.type = named(reflection.type);
  }
}

const isWord = (type: SomeType): boolean => type instanceof LiteralType && typeof type.value === "string";
const wordsOf = (types: readonly SomeType[]): string => types.map(String).sort().join(" ");
/** Where a part stands in a union: what says that there is nothing stands last. */
const rank = (type: SomeType): string => `${/^(null|undefined)$/.test(String(type)) ? 1 : 0}${type}`;
