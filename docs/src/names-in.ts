import ts from "typescript";

/** The names of a module. */
export interface Names {
  /** All that stand in it, whatever for. */
  readonly used: ReadonlySet<string>;
  /** Those that it declares or imports at its top. */
  readonly own: ReadonlySet<string>;
  /** Those that it imports, each with an import for it alone. */
  readonly imports: ReadonlyMap<string, string>;
  /** Values that it declares and that do not end with it. */
  readonly values: readonly string[];
  /** Types that it declares. */
  readonly types: readonly string[];
}

/** Reads the names of a module. */
export function namesIn(code: string): Names {
  const file = ts.createSourceFile("module.ts", code, ts.ScriptTarget.Latest);
  const used = new Set<string>();
  const note = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) used.add(node.text);
    ts.forEachChild(node, note);
  };
  note(file);
  const imports = new Map(file.statements.filter(ts.isImportDeclaration).flatMap((line) => importsOf(line, file)));
  const statements = file.statements.filter((statement) => !ts.isImportDeclaration(statement));
  const all = statements.flatMap(declaredBy);
  const types = statements.filter(isType).flatMap(declaredBy);
  const passing = statements.filter(isUsing).flatMap(declaredBy);
  const values = all.filter((name) => !types.includes(name) && !passing.includes(name));
  return { used, own: new Set([...imports.keys(), ...all]), imports, values, types };
}

function importsOf({ importClause, moduleSpecifier }: ts.ImportDeclaration, file: ts.SourceFile): [string, string][] {
  const bindings = importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return [];
  return bindings.elements.map((element) => [
    element.name.text,
    `import ${importClause?.isTypeOnly ? "type " : ""}{ ${element.getText(file)} } from ${moduleSpecifier.getText(file)};`,
  ]);
}

function declaredBy(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => namesOf(name));
  }
  const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || isType(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}

function namesOf(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesOf(element.name) : []));
}

function isType(statement: ts.Statement): statement is ts.InterfaceDeclaration | ts.TypeAliasDeclaration {
  return ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
}

/** `using` and `await using`: what they hold is given back at the end of the module. */
function isUsing(statement: ts.Statement): boolean {
  if (!ts.isVariableStatement(statement)) return false;
  return (statement.declarationList.flags & ts.NodeFlags.Using) !== 0;
}
