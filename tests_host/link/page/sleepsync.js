// A puck over Web Bluetooth: frames, requests, nights. The formats are those of docs/link.md.
//
// It must never take one request's answer for another's, and never call bytes a night whose sum
// the puck has not told to be the same.

const own = (number) => `534c4545-5053-594e-4300-0000000000${number.toString(16).padStart(2, "0")}`;
export const SERVICE = own(0);
const [LINK, REQUEST, RESPONSE] = [1, 2, 3].map(own);

export const Code = { STATUS: 1, LIST: 9, READ: 10, SUM: 11 };
const OK = 0;

const VERSION = 1;
const [FIRST, LAST, COUNTER] = [0x80, 0x40, 0x3f];
const [HEAD_BYTES, SUM_BYTES] = [4, 4];
const FRAGMENT_BYTES = 20; // what fits into every MTU, which Web Bluetooth does not tell
const PIECE_BYTES = 8192;
const PATIENCE_MS = 10000;
const [HELLOS, HELLO_MS] = [20, 100]; // the puck may say its first word a moment after pairing

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});

/** CRC-32 (IEEE 802.3). */
export function crc32(bytes) {
  let sum = ~0;
  for (const byte of bytes) sum = (sum >>> 8) ^ TABLE[(sum ^ byte) & 0xff];
  return ~sum >>> 0;
}

/** The bytes of a message: version, id, code, body, sum. */
export function packed({ id, code, body }) {
  const data = new Uint8Array(HEAD_BYTES + body.length + SUM_BYTES);
  const view = new DataView(data.buffer);
  view.setUint8(0, VERSION);
  view.setUint16(1, id, true);
  view.setUint8(3, code);
  data.set(body, HEAD_BYTES);
  view.setUint32(HEAD_BYTES + body.length, crc32(data.subarray(0, -SUM_BYTES)), true);
  return data;
}

/** The message of these bytes. Error if they are none. */
export function unpacked(data) {
  const end = data.length - SUM_BYTES;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  if (end < HEAD_BYTES || view.getUint32(end, true) !== crc32(data.subarray(0, end)))
    throw new Error("the puck's answer was damaged on the way; try again");
  if (data[0] !== VERSION) throw new Error(`the puck speaks version ${data[0]} of the link`);
  return { id: view.getUint16(1, true), code: data[3], body: data.subarray(HEAD_BYTES, end) };
}

/** These bytes in fragments of at most so many. */
export function* fragments(data, most = FRAGMENT_BYTES) {
  const step = most - 1;
  for (let at = 0, counter = 0; at === 0 || at < data.length; at += step, counter++) {
    const head = (counter & COUNTER) | (at ? 0 : FIRST) | (at + step < data.length ? 0 : LAST);
    yield Uint8Array.of(head, ...data.subarray(at, at + step));
  }
}

/** Fragments in, whole data out. */
export class Joiner {
  #parts = null;
  #counter = 0;

  /** The data if they are whole now, else null. Error once if a fragment is missing. */
  take(fragment) {
    const head = fragment[0];
    if (head & FIRST) [this.#parts, this.#counter] = [[], 0];
    if (!this.#parts) return null;
    if ((head & COUNTER) !== this.#counter) {
      this.#parts = null;
      throw new Error("a part of the puck's answer was lost; try again");
    }
    this.#parts.push(fragment.subarray(1));
    this.#counter = (this.#counter + 1) & COUNTER;
    if (!(head & LAST)) return null;
    const whole = joined(this.#parts);
    this.#parts = null;
    return whole;
  }
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

/** A Heart Rate Measurement: {rate_bpm, is_worn, intervals_s}; is_worn null if unknown. */
export function beat(view) {
  const flags = view.getUint8(0);
  let at = flags & 1 ? 3 : 2;
  const rate_bpm = flags & 1 ? view.getUint16(1, true) : view.getUint8(1);
  const is_worn = flags & 4 ? Boolean(flags & 2) : null;
  if (flags & 8) at += 2;
  const intervals_s = [];
  for (; flags & 16 && at + 2 <= view.byteLength; at += 2)
    intervals_s.push(view.getUint16(at, true) / 1024);
  return { rate_bpm, is_worn, intervals_s };
}

/** A puck that a person has chosen. */
export class Puck {
  #device;
  #request;
  #joiner = new Joiner();
  #waiting = null; // {id, resolve, reject, timer}
  #queue = Promise.resolve();
  #id = 0;

  constructor(device) {
    this.#device = device;
    device.addEventListener("gattserverdisconnected", () =>
      this.#fail(new Error("the connection to the puck was lost; connect again")),
    );
  }

  /** Let the person choose one; only in answer to a click. */
  static async choose() {
    const filters = [{ services: [SERVICE] }, { name: "SleepSync" }];
    const optionalServices = [SERVICE, "heart_rate"];
    return new Puck(await navigator.bluetooth.requestDevice({ filters, optionalServices }));
  }

  /** Connect, pair if need be (the system asks for the six digits), subscribe anew. */
  async connect() {
    try {
      await this.#open(await this.#device.gatt.connect());
    } catch (error) {
      throw error;
    }
  }

  async #open(server) {
    const service = await server.getPrimaryService(SERVICE);
    const link = await this.#hello(await service.getCharacteristic(LINK));
    if (link.getUint8(0) !== 1) throw new Error(`the puck speaks version ${link.getUint8(0)}`);
    this.#request = await service.getCharacteristic(REQUEST);
    await listen(await service.getCharacteristic(RESPONSE), (view) => this.#take(view));
  }

  async #hello(characteristic) {
    for (let left = HELLOS; left; left--) {
      const value = await characteristic.readValue();
      if (value.byteLength) return value;
      await pause(HELLO_MS);
    }
    throw new Error("the puck does not say what it is; start it anew");
  }

  disconnect() {
    this.#device.gatt.disconnect();
  }

  /** Be told each heart rate. */
  async listenToHeart(callback) {
    const service = await this.#device.gatt.getPrimaryService("heart_rate");
    const characteristic = await service.getCharacteristic("heart_rate_measurement");
    await listen(characteristic, (view) => callback(beat(view)));
  }

  /** The body of the answer. One at a time: others wait. */
  ask(code, body = new Uint8Array()) {
    const answer = this.#queue.then(() => this.#ask(code, body));
    this.#queue = answer.catch(() => {});
    return answer;
  }

  async askJson(code, value) {
    const body = value === undefined ? "" : JSON.stringify(value);
    return JSON.parse(new TextDecoder().decode(await this.ask(code, encoded(body))));
  }

  /** A night of that name and size, whole and with the puck's own sum. */
  async pull(name, size, progress = () => {}) {
    const parts = [];
    for (let at = 0; at < size; at += parts.at(-1).length) {
      progress(at, size);
      parts.push(await this.#piece(name, at, Math.min(PIECE_BYTES, size - at)));
    }
    const night = joined(parts);
    const sum = await this.ask(Code.SUM, numbered(name, size));
    if (new DataView(sum.buffer, sum.byteOffset).getUint32(0, true) !== crc32(night))
      throw new Error(`${name} is not what the puck has; pull it again`);
    progress(size, size);
    return night;
  }

  async #piece(name, at, length) {
    const piece = await this.ask(Code.READ, numbered(name, at, length));
    if (!piece.length) throw new Error(`${name} ends at byte ${at}; pull it again`);
    return piece;
  }

  async #ask(code, body) {
    this.#id = (this.#id % 0xffff) + 1;
    const message = packed({ id: this.#id, code, body });
    const answer = this.#answer(this.#id);
    answer.catch(() => {}); // it is awaited below, if the writing succeeds
    for (const fragment of fragments(message))
      await this.#request.writeValueWithResponse(fragment);
    const { code: status, body: said } = await answer;
    if (status !== OK) throw new Error(new TextDecoder().decode(said) || `status ${status}`);
    return said;
  }

  #answer(id) {
    return new Promise((resolve, reject) => {
      this.#waiting = { id, resolve, reject };
      this.#wait();
    });
  }

  #wait() {
    clearTimeout(this.#waiting.timer);
    const late = () => this.#fail(new Error("the puck does not answer; is it near?"));
    this.#waiting.timer = setTimeout(late, PATIENCE_MS);
  }

  #take(view) {
    if (!this.#waiting) return;
    this.#wait();
    try {
      const whole = this.#joiner.take(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
      const message = whole && unpacked(whole);
      if (message && [this.#waiting.id, 0].includes(message.id)) this.#settle("resolve", message);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error) {
    if (this.#waiting) this.#settle("reject", error);
  }

  #settle(how, what) {
    clearTimeout(this.#waiting.timer);
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting[how](what);
  }
}

async function listen(characteristic, callback) {
  characteristic.addEventListener("characteristicvaluechanged", (event) =>
    callback(event.target.value),
  );
  await characteristic.startNotifications();
}

const encoded = (text) => new TextEncoder().encode(text);

/** Some u32 and a name. */
function numbered(name, ...numbers) {
  const head = new Uint8Array(4 * numbers.length);
  numbers.forEach((number, i) => new DataView(head.buffer).setUint32(4 * i, number, true));
  return joined([head, encoded(name)]);
}
