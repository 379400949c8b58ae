// biome-ignore-all lint: generated
// biome-ignore-all format: generated
/** What `prisma generate` writes for the schema below, without its types. */
import * as runtime from "@prisma/client/runtime/client";

const config = {
  "previewFeatures": [],
  "clientVersion": "7.10.0",
  "engineVersion": "0edf323efd1d98336f3f0a68684b56f689b900d3",
  "activeProvider": "postgresql",
  "inlineSchema": "generator client {\n  provider = \"prisma-client\"\n  output   = \"../generated/prisma\"\n}\n\ndatasource db {\n  provider = \"postgresql\"\n}\n\nmodel Credit {\n  deposit String  @id\n  account String\n  units   Decimal\n\n  @@map(\"credits\")\n}\n",
  "runtimeDataModel": {
    "models": {},
    "enums": {},
    "types": {}
  },
  "parameterizationSchema": {
    "strings": [],
    "graph": ""
  }
}

config.runtimeDataModel = JSON.parse("{\"models\":{\"Credit\":{\"fields\":[{\"name\":\"deposit\",\"kind\":\"scalar\",\"type\":\"String\"},{\"name\":\"account\",\"kind\":\"scalar\",\"type\":\"String\"},{\"name\":\"units\",\"kind\":\"scalar\",\"type\":\"Decimal\"}],\"dbName\":\"credits\",\"schema\":null}},\"enums\":{},\"types\":{}}")
config.parameterizationSchema = {
  strings: JSON.parse("[\"where\",\"Credit.findUnique\",\"Credit.findUniqueOrThrow\",\"orderBy\",\"cursor\",\"Credit.findFirst\",\"Credit.findFirstOrThrow\",\"Credit.findMany\",\"data\",\"Credit.createOne\",\"Credit.createMany\",\"Credit.createManyAndReturn\",\"Credit.updateOne\",\"Credit.updateMany\",\"Credit.updateManyAndReturn\",\"create\",\"update\",\"Credit.upsertOne\",\"Credit.deleteOne\",\"Credit.deleteMany\",\"having\",\"_count\",\"_avg\",\"_sum\",\"_min\",\"_max\",\"Credit.groupBy\",\"Credit.aggregate\",\"AND\",\"OR\",\"NOT\",\"deposit\",\"account\",\"units\",\"equals\",\"in\",\"notIn\",\"lt\",\"lte\",\"gt\",\"gte\",\"not\",\"contains\",\"startsWith\",\"endsWith\",\"set\",\"increment\",\"decrement\",\"multiply\",\"divide\"]"),
  graph: "KwsQBhwAACIAMB0AAAQAEB4AACIAMB8BAAAAASABACMAISEQACQAIQEAAAABACABAAAAAQAgBhwAACIAMB0AAAQAEB4AACIAMB8BACMAISABACMAISEQACQAIQADAAAABAAgAwAABQAwBAAAAQAgAwAAAAQAIAMAAAUAMAQAAAEAIAMAAAAEACADAAAFADAEAAABACADHwEAAAABIAEAAAABIRAAAAABAQgAAAkAIAMfAQAAAAEgAQAAAAEhEAAAAAEBCAAACwAwAQgAAAsAMAMfAQAqACEgAQAqACEhEAArACECAAAAAQAgCAAADgAgAx8BACoAISABACoAISEQACsAIQIAAAAEACAIAAAQACACAAAABAAgCAAAEAAgAwAAAAEAIA8AAAkAIBAAAA4AIAEAAAABACABAAAABAAgBRUAACUAIBYAACYAIBcAACkAIBgAACgAIBkAACcAIAYcAAAaADAdAAAXABAeAAAaADAfAQAbACEgAQAbACEhEAAcACEDAAAABAAgAwAAFgAwFAAAFwAgAwAAAAQAIAMAAAUAMAQAAAEAIAYcAAAaADAdAAAXABAeAAAaADAfAQAbACEgAQAbACEhEAAcACEOFQAAHgAgGAAAIQAgGQAAIQAgIgEAAAABIwEAAAAEJAEAAAAEJQEAAAABJgEAAAABJwEAAAABKAEAAAABKQEAIAAhKgEAAAABKwEAAAABLAEAAAABDRUAAB4AIBYAAB8AIBcAAB8AIBgAAB8AIBkAAB8AICIQAAAAASMQAAAABCQQAAAABCUQAAAAASYQAAAAAScQAAAAASgQAAAAASkQAB0AIQ0VAAAeACAWAAAfACAXAAAfACAYAAAfACAZAAAfACAiEAAAAAEjEAAAAAQkEAAAAAQlEAAAAAEmEAAAAAEnEAAAAAEoEAAAAAEpEAAdACEIIgIAAAABIwIAAAAEJAIAAAAEJQIAAAABJgIAAAABJwIAAAABKAIAAAABKQIAHgAhCCIQAAAAASMQAAAABCQQAAAABCUQAAAAASYQAAAAAScQAAAAASgQAAAAASkQAB8AIQ4VAAAeACAYAAAhACAZAAAhACAiAQAAAAEjAQAAAAQkAQAAAAQlAQAAAAEmAQAAAAEnAQAAAAEoAQAAAAEpAQAgACEqAQAAAAErAQAAAAEsAQAAAAELIgEAAAABIwEAAAAEJAEAAAAEJQEAAAABJgEAAAABJwEAAAABKAEAAAABKQEAIQAhKgEAAAABKwEAAAABLAEAAAABBhwAACIAMB0AAAQAEB4AACIAMB8BACMAISABACMAISEQACQAIQsiAQAAAAEjAQAAAAQkAQAAAAQlAQAAAAEmAQAAAAEnAQAAAAEoAQAAAAEpAQAhACEqAQAAAAErAQAAAAEsAQAAAAEIIhAAAAABIxAAAAAEJBAAAAAEJRAAAAABJhAAAAABJxAAAAABKBAAAAABKRAAHwAhAAAAAAABLQEAAAABBS0QAAAAAS4QAAAAAS8QAAAAATAQAAAAATEQAAAAAQAAAAAFFQAGFgAHFwAIGAAJGQAKAAAAAAAFFQAGFgAHFwAIGAAJGQAKAQIBAgMBBQYBBgcBBwgBCQoBCgwCCw0DDA8BDRECDhIEERMBEhQBExUCGhgFGxkL"
}

async function decodeBase64AsWasm(wasmBase64) {
  const { Buffer } = await import('node:buffer')
  const wasmArray = Buffer.from(wasmBase64, 'base64')
  return new WebAssembly.Module(wasmArray)
}

config.compilerWasm = {
  getRuntime: async () => await import("@prisma/client/runtime/query_compiler_fast_bg.postgresql.mjs"),

  getQueryCompilerWasmModule: async () => {
    const { wasm } = await import("@prisma/client/runtime/query_compiler_fast_bg.postgresql.wasm-base64.mjs")
    return await decodeBase64AsWasm(wasm)
  },

  importName: "./query_compiler_fast_bg.js"
}

export const PrismaClient = runtime.getPrismaClient(config);
