import { Migrator } from "kysely/migration";
import { describe, expect, it } from "vitest";
import { openKysely } from "../../test/open-kysely.ts";

describe("migrations", () => {
  it.each([undefined, "far"])("are refused before anything is made, in the schema %s", async (migrationTableSchema) => {
    const { gateway, db } = openKysely();
    gateway.overrides = {
      getSchemaNames: () => ({ schemas: ["near"] }),
      getTables: () => ({ tables: [] }),
    };
    const provider = { getMigrations: async () => ({ first: { up: async () => expect.unreachable() } }) };
    const migrator = new Migrator({ db, provider, ...(migrationTableSchema && { migrationTableSchema }) });
    const { error } = await migrator.migrateToLatest();
    expect(error).toMatchObject({ code: "UNSUPPORTED", hint: expect.stringContaining("db.schema") });
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc.startsWith("prepare"))).toEqual([]);
  });

  it("find no lock", async () => {
    const { db } = openKysely();
    const { adapter } = db.getExecutor();
    const options = { lockTable: "l", lockRowId: "r" };
    await expect(adapter.acquireMigrationLock(db, options)).rejects.toMatchObject({ code: "UNSUPPORTED" });
    await expect(adapter.releaseMigrationLock(db, options)).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });
});
