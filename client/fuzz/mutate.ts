import type { Random } from "./random.ts";
import { randomLeaf, randomTree } from "./random-result.ts";
import {
  type Container,
  type Field,
  int32,
  type Leaf,
  type Struct,
  type Tree,
  thriftTypes,
  writeTree,
} from "./thrift-tree.ts";

/** Lengths and counts that a reader may stumble over. */
const lengths = [
  -1,
  0,
  1,
  2,
  3,
  4,
  127,
  128,
  255,
  65_535,
  65_536,
  2 ** 24,
  2 ** 30,
  2 ** 31 - 1,
  -(2 ** 31),
  0x80808080 | 0,
];

/** A struct altered where its parts are: types, counts, lengths, fields, values; at times with a part of `other`. */
export function mutateTree(random: Random, tree: Struct, other: Struct): Struct {
  const nodes = nodesOf(tree);
  const leaves = nodes.filter(({ kind }) => kind === "leaf");
  // Other values in the places of values leave the whole readable: half of the changes are such.
  if (leaves.length > 0 && random.chance(0.5)) {
    const leaf = random.pick(leaves);
    return replace(tree, leaf, mutateNode(random, leaf)) as Struct;
  }
  const target = random.pick(nodes);
  const change = random.below(10);
  // The whole stays a struct: what else it may become, altered bytes tell.
  if (target === tree || change > 1) return replace(tree, target, mutateNode(random, target)) as Struct;
  const part = change === 0 ? random.pick(nodesOf(other)) : randomTree(random, random.pick([0, 1, 3, 20, 80, 190]));
  return replace(tree, target, part) as Struct;
}

function mutateNode(random: Random, node: Tree): Tree {
  if (node.kind === "struct") return { ...node, fields: mutateFields(random, node.fields) };
  return node.kind === "leaf" ? mutateLeaf(random, node) : mutateContainer(random, node);
}

function mutateFields(random: Random, fields: readonly Field[]): readonly Field[] {
  const at = random.below(fields.length + 1);
  const field = fields[at];
  const [before, after] = [fields.slice(0, at), fields.slice(at + 1)];
  if (field === undefined) {
    const value = randomTree(random, random.below(random.chance(0.1) ? 100 : 4));
    return [
      ...fields,
      { id: random.chance(0.5) ? random.below(20) : random.uint32() & 0xffff, type: value.type, value },
    ];
  }
  switch (random.below(6)) {
    case 0:
      return [...before, field, field, ...after];
    case 1:
      return [...before, ...after];
    case 2:
      return [...before, { ...field, id: random.below(20) }, ...after];
    case 3:
      return [...before, { ...field, type: random.below(18) }, ...after];
    case 4:
      return [...after, field, ...before];
    default: {
      const value = randomTree(random, random.below(3));
      return [...before, { ...field, type: value.type, value }, ...after];
    }
  }
}

function mutateContainer(random: Random, node: Container): Container {
  const { elements, elementTypes } = node;
  const width = elementTypes.length;
  const at = random.below(elements.length / width + 1) * width;
  const entry = elements.slice(at, at + width);
  switch (random.below(5)) {
    case 0:
      return {
        ...node,
        count: random.chance(0.5) ? random.pick(lengths) : elements.length / width + random.below(5) - 2,
      };
    case 1:
      return { ...node, elementTypes: elementTypes.map(() => random.below(18)) };
    case 2:
      return { ...node, elements: [...elements.slice(0, at), ...entry, ...elements.slice(at)] };
    case 3:
      return { ...node, elements: [...elements.slice(0, at), ...elements.slice(at + width)] };
    default:
      return { ...node, elements: [...elements.slice(at), ...elements.slice(0, at)] };
  }
}

function mutateLeaf(random: Random, node: Leaf): Leaf {
  if (node.type === thriftTypes.string && random.chance(0.1)) {
    return { ...node, length: random.chance(0.5) ? random.pick(lengths) : node.bytes.length + random.below(5) - 2 };
  }
  if (random.chance(0.3)) return { ...node, bytes: mutateBytes(random, node.bytes, node.bytes) };
  if (node.bytes.length === 4 && random.chance(0.5)) return { ...node, bytes: int32(random.pick(lengths)) };
  // Of the same type most of the time, or else what stands behind it is read as something else.
  for (let tries = 0; tries < 20; tries++) {
    const leaf = randomLeaf(random);
    if (leaf.type === node.type) return leaf;
  }
  return randomLeaf(random);
}

/** Bytes altered wherever it may be; at times with a part of `other`. */
export function mutateBytes(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + random.below(random.chance(0.8) ? 12 : bytes.length + 1));
  const altered = bytes.slice();
  switch (random.below(8)) {
    case 0:
      if (at < bytes.length) altered[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      return altered;
    case 1:
      if (at < bytes.length) altered[at] = random.uint32() & 0xff;
      return altered;
    case 2:
      return join(bytes.subarray(0, at), random.bytes(1 + random.below(8)), bytes.subarray(at));
    case 3:
      return join(bytes.subarray(0, at), bytes.subarray(end));
    case 4:
      return bytes.slice(0, at);
    case 5:
      return join(bytes.subarray(0, end), bytes.subarray(at));
    case 6:
      altered.set(int32(random.pick(lengths)).subarray(0, bytes.length - at), at);
      return altered;
    default: {
      const from = random.below(other.length + 1);
      return join(bytes.subarray(0, at), other.subarray(from, from + random.below(64)), bytes.subarray(end));
    }
  }
}

/** Both kinds of change, a few of them, at times none. */
export function mutateBatch(random: Random, tree: Struct, other: Struct): Uint8Array {
  let changes = random.pick([0, 0, 1, 1, 1, 1, 2, 2, 3, 4]);
  let altered = tree;
  while (changes > 0 && random.chance(0.8)) {
    altered = mutateTree(random, altered, other);
    changes--;
  }
  let bytes = writeTree(altered);
  for (; changes > 0; changes--) bytes = mutateBytes(random, bytes, changes > 1 ? writeTree(other) : bytes);
  return bytes;
}

function nodesOf(tree: Tree): Tree[] {
  const nodes: Tree[] = [];
  const visit = (node: Tree) => {
    nodes.push(node);
    if (node.kind === "struct") for (const { value } of node.fields) visit(value);
    else if (node.kind === "container") for (const element of node.elements) visit(element);
  };
  visit(tree);
  return nodes;
}

/** The tree with another part in the place of one of its own. */
function replace(tree: Tree, target: Tree, part: Tree): Tree {
  if (tree === target) return part;
  if (tree.kind === "struct") {
    // A field is written with the type of what it holds: what it says of itself is changed elsewhere.
    return {
      ...tree,
      fields: tree.fields.map((field) => {
        const value = replace(field.value, target, part);
        return value === field.value ? field : { ...field, value, type: value.type };
      }),
    };
  }
  if (tree.kind === "leaf") return tree;
  const elements = tree.elements.map((element) => replace(element, target, part));
  return elements.every((element, index) => element === tree.elements[index]) ? tree : { ...tree, elements };
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
