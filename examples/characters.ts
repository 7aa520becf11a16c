/** Characters: a recurrent network or a transformer learns a text letter by letter, and then writes on. */
import {
  Adam,
  type Callback,
  Embedding,
  GRU,
  Generator,
  Linear,
  Module,
  PositionalEncoding,
  type Run,
  type Tensor,
  TransformerEncoderLayer,
  cosineDecay,
  crossEntropy,
  dropout,
  fit,
  lineChart,
  manualSeed,
  noGrad,
  rand,
  tensor,
} from "gradkit";
import { OptionError } from "../src/errors";
import { countingBits, encode, encodePrompt, readText, windowsOf } from "./support/characters";
import { type OptionsOf, defineOptions, withDefaults } from "./support/options";
import type { Pictures } from "./support/pictures";
import { plot, say, section, table } from "./support/text";

export const options = defineOptions({
  text: { about: "a text file to learn; by default ten thousand characters about a valley", default: null, type: "text" },
  model: { about: "a recurrent network, or a transformer", default: "gru", choices: ["gru", "transformer"] },
  context: { about: "characters of a window", default: 32, rule: { integer: true, min: 2, max: 512 } },
  width: {
    about: "numbers for each character in every layer; 96 of a gru, 64 of a transformer",
    ...{ default: null, type: "number", rule: { integer: true, min: 1 } },
  },
  layers: {
    about: "layers upon each other; 1 of a gru, 2 of a transformer",
    ...{ default: null, type: "number", rule: { integer: true, min: 1 } },
  },
  dropout: { about: "share of the numbers left out in training", default: 0.2, rule: { min: 0, max: 0.9 } },
  epochs: { about: "passes over the first nine tenths of the text", default: 15, rule: { integer: true, min: 1 } },
  lr: { about: "first learning rate of Adam", default: 0.004, rule: { above: 0 } },
  temperature: { about: "below 1 it writes what is likely, above 1 it dares more", default: 0.7, rule: { min: 0.01 } },
  prompt: { about: "what its writing begins with; else as the text does", default: null, type: "text" },
  length: { about: "how many characters it writes at the end", default: 400, rule: { integer: true, min: 1 } },
  seed: { about: "seed of the first weights, the order and the writing", default: 1, rule: { integer: true, min: 0 } },
});

type Settings = OptionsOf<typeof options>;

/** What a model is built by. */
interface Size {
  readonly width: number;
  readonly layers: number;
  readonly dropout: number;
  readonly context: number;
}

const USUAL = { gru: { width: 96, layers: 1 }, transformer: { width: 64, layers: 2 } };

/** What came of it: bits per character by counting and by the model after each epoch, and what it writes. */
export interface CharactersResult {
  readonly counted: Readonly<Record<"single" | "pairs" | "fours", number>>;
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
  readonly written: string;
}

/** Scores the next character after each of a window, [batch, time] to [batch, time, alphabet]. */
abstract class Reader extends Module {
  readonly embedding: Embedding;
  readonly out: Linear;

  constructor(alphabet: number, protected readonly size: Size) {
    super();
    this.embedding = new Embedding(alphabet, size.width);
    this.out = new Linear(size.width, alphabet);
  }

  override forward(x: Tensor): Tensor {
    const { training, size } = this;
    return this.out.forward(dropout(this.read(this.embedding.forward(x)), size.dropout, { training }));
  }

  /** What is known at each place of the characters up to there. */
  abstract read(x: Tensor): Tensor;

  /** Takes one character after another, and scores what follows. */
  abstract listen(): (code: number) => Tensor;
}

class RecurrentReader extends Reader {
  readonly walk: GRU;

  constructor(alphabet: number, size: Size) {
    super(alphabet, size);
    this.walk = new GRU(size.width, size.width, { numLayers: size.layers, dropout: size.dropout });
  }

  read(x: Tensor): Tensor {
    return this.walk.forward(x);
  }

  listen(): (code: number) => Tensor {
    let state: { hidden: Tensor } | undefined;
    return (code) => {
      const { output, hidden } = this.walk.run(this.embedding.forward(tensor([[code]])), state);
      state = { hidden };
      return this.out.forward(output);
    };
  }
}

class Transformer extends Reader {
  readonly positions: PositionalEncoding;
  readonly layers: readonly TransformerEncoderLayer[];

  constructor(alphabet: number, size: Size) {
    super(alphabet, size);
    const { width } = size;
    this.positions = new PositionalEncoding(width);
    const more = { dimFeedforward: 4 * width, dropout: size.dropout, normFirst: true };
    this.layers = Array.from({ length: size.layers }, () => new TransformerEncoderLayer(width, 4, more));
  }

  read(x: Tensor): Tensor {
    return this.layers.reduce((y, layer) => layer.forward(y, { causal: true }), this.positions.forward(x));
  }

  listen(): (code: number) => Tensor {
    const heard: number[] = [];
    return (code) => {
      heard.push(code);
      return this.forward(tensor([heard.slice(-this.size.context)])).slice([null, [-1, null]]);
    };
  }
}

export async function main(given: Partial<Settings> = {}): Promise<CharactersResult> {
  const settings = withDefaults("characters", options, given);
  const { model: kind, context, temperature, seed } = settings;
  const { alphabet, codes, from, prompt } = readCodes(settings);
  const counting = (before: number): number => countingBits({ alphabet, codes }, from, before);
  const counted = { single: counting(0), pairs: counting(1), fours: counting(3) };
  section("A text, character by character");
  say(`${codes.length} characters, ${alphabet.length} different ones; the last tenth is held out.`);

  section(kind === "gru" ? "A recurrent network learns it" : "A transformer learns it");
  manualSeed(seed);
  const { width, layers } = USUAL[kind];
  const size = { ...settings, width: settings.width ?? width, layers: settings.layers ?? layers };
  const model = new { gru: RecurrentReader, transformer: Transformer }[kind](alphabet.length, size);
  const count = model.parameters().reduce((sum, { size }) => sum + size, 0);
  say(`${count.toLocaleString("en")} parameters, which read ${context} characters at a time`);
  const generator = new Generator(seed);
  const write = (length: number): string =>
    writeOn(model, prompt, { length, temperature, generator }).map((code) => alphabet[code]).join("");
  const { history } = await learn(model, codes, from, settings, write);

  const train = history.map(({ loss }) => bits(loss));
  const heldOut = history.map(({ validationLoss }) => bits(validationLoss!));
  section("What it knows of what it has not seen");
  const row = (name: string, value: number): string[] => [name, (value * Math.LN2).toFixed(3), value.toFixed(3)];
  table(
    ["loss per character, held out", "nats", "bits"],
    [
      row("how often each character comes", counted.single),
      row("what follows a character", counted.pairs),
      row("what follows three characters", counted.fours),
      row(`${kind === "gru" ? "GRU" : "transformer"}, windows of ${context}`, heldOut.at(-1)!),
    ],
  );
  if (heldOut.length > 1) {
    say("");
    plot({ "held out": heldOut, training: train }, { x: `bits per character, ${heldOut.length} epochs` });
  }
  section(`What it writes, at a temperature of ${temperature}`);
  const written = write(settings.length);
  say(written);
  return { counted, train, heldOut, written };
}

const bits = (nats: number): number => nats / Math.LN2;

/** The codes of text and prompt, and where the last tenth begins; what fills no window at the end is left out. */
function readCodes({ text: path, context, prompt }: Settings) {
  const { alphabet, codes } = encode(readText("characters", path ?? new URL("data/valley.txt", import.meta.url)));
  const from = Math.floor(0.9 * codes.length);
  if (codes.length - from < context) {
    throw new OptionError(
      `characters: the text is too short: ${codes.length} characters (the last tenth holds no window of ${context}); ` +
        `give ${10 * context} or more, or a smaller context`,
      { characters: codes.length, context },
    );
  }
  const whole = codes.slice(0, from + context * Math.floor((codes.length - from) / context));
  const first = prompt === null ? codes.slice(0, 7) : encodePrompt("characters", alphabet, prompt);
  return { alphabet, codes: whole, from, prompt: first };
}

/** Trains on windows of what comes before `from`, and tells now and then what the model would write. */
async function learn(
  model: Reader,
  codes: readonly number[],
  from: number,
  { context, epochs, lr, seed }: Settings,
  write: (length: number) => string,
): Promise<Run> {
  const train = windowsOf(codes.slice(0, from), context, Math.ceil(context / 4));
  const validation = windowsOf(codes.slice(from - 1), context, context);
  const batchSize = 32;
  const every = Math.ceil(epochs / 5);
  const samples: Callback = {
    onEpoch({ epoch }) {
      if (epoch === 1 || epoch % every === 0) say(`after ${epoch}: ${JSON.stringify(write(60))}`);
    },
  };
  return fit(model, train, {
    ...{ loss: perCharacter, optimizer: new Adam(model.parameters(), { lr }), clipNorm: 1 },
    ...{ epochs, batchSize, schedule: cosineDecay(lr, { steps: epochs * Math.ceil(train.length / batchSize) }) },
    ...{ validation, callbacks: [samples], seed, progress: true },
  });
}

function perCharacter(scores: Tensor, target: Tensor): Tensor {
  return crossEntropy(scores.reshape([-1, scores.shape.at(-1)!]), target.flatten());
}

/** How {@link writeOn} chooses, and how often. */
interface Writing {
  readonly length: number;
  readonly temperature: number;
  readonly generator: Generator;
}

/** The prompt and what follows: each character drawn by softmax(scores / temperature). */
function writeOn(model: Reader, prompt: readonly number[], { length, temperature, generator }: Writing): number[] {
  const { training } = model;
  model.eval();
  const next = model.listen();
  const codes = [...prompt];
  noGrad(() => {
    let scores = prompt.map(next).at(-1)!;
    for (let i = 0; i < length; i++) {
      const sums = scores.flatten().div(temperature).softmax().cumsum().toTypedArray();
      const drawn = rand([], { generator }).item() * sums.at(-1)!; // which rounding leaves near 1
      codes.push(sums.findIndex((sum) => sum > drawn));
      scores = next(codes.at(-1)!);
    }
  });
  if (training) model.train();
  return codes;
}

/** How the model gets better, between what counting knows and what it remembers. */
export function pictures({ counted, train, heldOut }: CharactersResult): Pictures {
  const line = (value: number): number[] => heldOut.map(() => value);
  const { single, pairs, fours } = counted;
  const lines = {
    training: train,
    "held out": heldOut,
    ...{ "single characters": line(single), pairs: line(pairs), fours: line(fours) },
  };
  const x = heldOut.map((_, i) => i + 1);
  const axes = { x, xTitle: "epoch", yTitle: "bits per character" };
  const chart = lineChart(lines, { width: 600, height: 300, title: "Loss by epoch", ...axes });
  const text =
    `Held out, in bits per character: ${single.toFixed(2)} by how often each comes, ${pairs.toFixed(2)} by what follows ` +
    `one character, ${fours.toFixed(2)} by what follows three, ${heldOut.at(-1)!.toFixed(2)} by the model.`;
  return { sections: [{ heading: "A text, character by character", text, chart }] };
}
