import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** What a test reads of an OpenTelemetry span. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty where it has none. */
  readonly parentId: string;
  readonly name: string;
  /** The `service.name` of what made it. */
  readonly service: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The spans of an `ExportTraceServiceRequest`, by the field numbers of OTLP's schema. */
export function readSpans(request: Uint8Array): readonly Span[] {
  return inside(request, 1).flatMap((resourceSpans) => {
    const service = attributesOf(inside(resourceSpans, 1)[0] ?? empty, 1)["service.name"] ?? "";
    return inside(resourceSpans, 2)
      .flatMap((scopeSpans) => inside(scopeSpans, 2))
      .map((span) => readSpan(span, service));
  });
}

const empty = new Uint8Array();

function readSpan(span: Uint8Array, service: string): Span {
  return {
    traceId: hex(inside(span, 1)[0]),
    spanId: hex(inside(span, 2)[0]),
    parentId: hex(inside(span, 4)[0]),
    name: text(inside(span, 5)[0]),
    service,
    attributes: attributesOf(span, 9),
  };
}

/** Attributes whose values are texts: all of Envoy's are. */
function attributesOf(message: Uint8Array, number: number): Readonly<Record<string, string>> {
  const pairs = inside(message, number).map((pair) => {
    const value = inside(pair, 2)[0] ?? empty;
    return [text(inside(pair, 1)[0]), text(inside(value, 1)[0])];
  });
  return Object.fromEntries(pairs);
}

/** Every field of this number that is a message, a text or bytes. */
function inside(message: Uint8Array, number: number): readonly Uint8Array[] {
  const reader = new BinaryReader(message);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === number && type === WireType.LengthDelimited) found.push(reader.bytes());
    else reader.skip(type);
  }
  return found;
}

function hex(bytes: Uint8Array = empty): string {
  return Buffer.from(bytes).toString("hex");
}

function text(bytes: Uint8Array = empty): string {
  return new TextDecoder().decode(bytes);
}
