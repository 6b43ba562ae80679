const placeholder = '[secret]';
const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');

/** A value that prints as a placeholder; `reveal` is a call one can search for. */
export class Secret<Value> {
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  reveal(): Value {
    return this.#value;
  }

  toString(): string {
    return placeholder;
  }

  toJSON(): string {
    return placeholder;
  }

  [inspectSymbol](): string {
    return placeholder;
  }
}
