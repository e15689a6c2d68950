/**
 * @typedef {import("@bufbuild/protobuf").DescEnum} DescEnum
 * @typedef {import("@bufbuild/protobuf").DescMessage} DescMessage
 * @typedef {import("@bufbuild/protobuf").DescMethod} DescMethod
 */

/**
 * The messages that methods carry, those inside before those around them. Throws where a message holds itself, whose table would have
 * no end, and for a method that streams.
 *
 * @param {readonly DescMethod[]} methods
 * @returns {readonly DescMessage[]}
 */
export function messagesOf(methods) {
  /** @type {Set<DescMessage>} */
  const found = new Set();
  /** @param {DescMessage} message @param {readonly DescMessage[]} around */
  const visit = (message, around) => {
    if (around.includes(message)) throw new Error(`${message} holds itself: the tables do not know that`);
    for (const { message: inner } of message.fields) {
      if (inner !== undefined) visit(inner, [...around, message]);
    }
    found.add(message);
  };
  for (const method of methods) {
    if (method.methodKind !== "unary") throw new Error(`${method} streams: the client calls unary methods only`);
    visit(method.input, []);
    visit(method.output, []);
  }
  return [...found];
}

/**
 * The enumerations of these messages.
 *
 * @param {readonly DescMessage[]} messages
 * @returns {readonly DescEnum[]}
 */
export function enumsOf(messages) {
  return [...new Set(messages.flatMap(({ fields }) => fields.flatMap((field) => field.enum ?? [])))];
}
