import { testMatrix } from "./matrix-suite.ts";

testMatrix();
