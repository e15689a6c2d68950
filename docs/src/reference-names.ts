import {
  ArrayType,
  type DeclarationReflection,
  LiteralType,
  type ProjectReflection,
  ReferenceType,
  ReflectionKind,
  type SomeType,
  UnionType,
} from "typedoc";

/** Calls each module by the name that its importers write: `e6data-web/arrow`. */
export function nameByDoor(project: ProjectReflection): void {
  for (const door of project.children ?? []) {
    door.name = door.name === "index" ? "e6data-web" : `e6data-web/${door.name}`;
  }
}

/**
 * Gives unions of words their names back. The compiler forgets the name of a type that is read off a list, `(typeof words)[number]`, and
 * every place that uses it would show all of its words.
 */
export function nameUnions(project: ProjectReflection): void {
  const names = new Map<string, DeclarationReflection>();
  for (const alias of project.getReflectionsByKind(ReflectionKind.TypeAlias)) {
    if (!alias.isDeclaration() || !(alias.type instanceof UnionType)) continue;
    if (alias.type.types.every(isWord)) names.set(wordsOf(alias.type.types), alias);
  }
  const named = (type: SomeType): SomeType => {
    if (type instanceof ArrayType) return new ArrayType(named(type.elementType));
    if (!(type instanceof UnionType)) return type;
    const words = type.types.filter(isWord);
    const alias = words.length > 1 ? names.get(wordsOf(words)) : undefined;
    // The union itself, as it also holds what the comments say of its parts.
    if (alias === undefined) return Object.assign(type, { types: type.types.map(named) });
    const name = ReferenceType.createResolvedReference(alias.name, alias, project);
    const others = type.types.filter((part) => !isWord(part));
    return others.length === 0 ? name : new UnionType([name, ...others.map(named)]);
  };
  const aliases = new Set<unknown>(names.values());
  for (const reflection of Object.values(project.reflections)) {
    const isTyped = reflection.isDeclaration() || reflection.isParameter() || reflection.isSignature();
    if (!isTyped || reflection.type === undefined || aliases.has(reflection)) continue;
    reflection.type = named(reflection.type);
  }
}

const isWord = (type: SomeType): boolean => type instanceof LiteralType && typeof type.value === "string";
const wordsOf = (types: readonly SomeType[]): string => types.map(String).sort().join(" ");
