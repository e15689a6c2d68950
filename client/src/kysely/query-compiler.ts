import { DefaultQueryCompiler, type PrimitiveValueListNode } from "kysely";
import { unsupported } from "./unsupported.ts";

/**
 * Writes statements as the engine reads them. Names stand in double quotes, values behind `$1`, `$2`, …: the client refuses a statement where
 * a `?` of a caller's own SQL stands beside those, and gives the engine each value in its place.
 */
export class E6dataQueryCompiler extends DefaultQueryCompiler {
  /** An empty list behind IN, for which SQL has no form: one that matches nothing, as in the client's own statements. */
  protected override visitPrimitiveValueList(node: PrimitiveValueListNode): void {
    if (node.values.length === 0) {
      this.append("(select null where 1 = 0)");
      return;
    }
    super.visitPrimitiveValueList(node);
  }

  // Refused here, before the statement has done its work: Kysely would throw the rows away.
  protected override visitReturning(): never {
    throw unsupported("RETURNING", "read the rows by a query of their own");
  }

  protected override visitOutput(): never {
    throw unsupported("OUTPUT", "read the rows by a query of their own");
  }
}
