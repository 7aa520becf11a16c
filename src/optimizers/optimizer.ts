/** What every optimizer shares: parameters in groups, their state, and a step that changes all of them or none. */

import { checkOptions, show } from "../check";
import { DTypeError, OptionError, ShapeError } from "../errors";
import { where } from "../ops/compare";
import { elementsOf } from "../ops/indices";
import { sameShape, showShape } from "../shape";
import { allocate } from "../dtype";
import { storageOf } from "../tensor/storage";
import { noGrad } from "../tensor/tape";
import { Tensor, assign, fromStorage } from "../tensor/tensor";
import { type OptimizerOptions, ParameterGroup, type RuleSettings, scalar } from "./group";
import { type ParameterList, checkTrainable, parameterList } from "./parameters";
import { checkState, settingTensors } from "./state";

/** A parameter group as it is given: parameters, and the settings in which they differ from the rest. */
export type GroupOptions<O extends OptimizerOptions> = O & { params: ParameterList };

/** What an optimizer learns: a parameter list, or a list of groups. */
export type OptimizerInput<O extends OptimizerOptions> = ParameterList | readonly GroupOptions<O>[];

/** What a rule is given: a parameter, its gradient (in the parameter's dtype), and its slots. */
export type Slots<Always extends string, Sometimes extends string = never> = {
  readonly [K in Always | "p" | "g"]: Tensor;
} & { readonly [K in Sometimes]?: Tensor | undefined };

/** What a rule answers: the new parameter and slots; a slot left out stays as it is. */
export type Updated<Slot extends string> = { readonly p: Tensor } & { readonly [K in Slot]?: Tensor | undefined };

interface Entry {
  readonly p: Tensor;
  readonly slots: Readonly<Record<string, Tensor>>;
}

/**
 * The base of every optimizer, and of your own: a pure rule, with everything else done here.
 *
 * A subclass gives its `name` and `defaults`, the `slots` it keeps per parameter with their initial values (a slot
 * called `step` is a float64 scalar that counts the parameter's updates, from 1 in the first), and the `rule`.
 * Parameters without a gradient are skipped. Type parameters: options, slots always there, slots that depend on the
 * options.
 *
 * @throws OptionError for an empty list, a parameter named twice, an unknown option (the nearest is named) or a value
 * out of range; GradError for a tensor that was computed or requires no gradient.
 *
 * @example
 * ```ts
 * import { Optimizer, type OptimizerOptions, type RuleSettings, type Slots, tensor } from "gradkit";
 * class SignDescent extends Optimizer {
 *   protected get name() { return "SignDescent"; }
 *   protected get defaults() { return { lr: 0.1 }; }
 *   protected rule({ p, g }: Slots<never>, { lr }: RuleSettings<OptimizerOptions>) {
 *     return { p: p.sub(g.sign().mul(lr.to(p.dtype))) };
 *   }
 * }
 * const w = tensor([1, -1], { requiresGrad: true });
 * w.square().sum().backward();
 * new SignDescent([w]).step();
 * w.toArray(); // → [0.9, -0.9]
 * ```
 */
export abstract class Optimizer<
  O extends OptimizerOptions = OptimizerOptions,
  Always extends string = never,
  Sometimes extends string = never,
> {
  /** The parameter groups, in the order given; one, if a plain list was. */
  readonly groups: readonly ParameterGroup<O>[];
  private readonly entries: readonly (readonly Entry[])[];

  constructor(params: OptimizerInput<O>, options: O = {} as O) {
    this.groups = this.makeGroups(params, options);
    this.entries = this.groups.map((group) =>
      group.params.map((p) => ({ p, slots: makeSlots(p, this.slots(group.settings), this.scalars) })),
    );
  }

  /** What errors call this optimizer. */
  protected abstract get name(): string;

  /** Every option with its default. */
  protected abstract get defaults(): Required<O>;

  /** The new parameter and slots; tensors in, tensors out, so that a compiled step can hold it. */
  protected abstract rule(slots: Slots<Always, Sometimes>, settings: RuleSettings<O>): Updated<Always | Sometimes>;

  /** The slots of each parameter with their initial values; shaped like the parameter, but for `step` and `scalars`. */
  protected slots(_settings: RuleSettings<O>): Readonly<Record<string, number>> {
    return {};
  }

  /** Slots that are one float64 number per parameter, as `step` is. */
  protected get scalars(): readonly string[] {
    return [];
  }

  /** Refuses settings that are out of range; `lr` has its own check. */
  protected check(_settings: Required<O>): void {}

  /** The learning rate: that of the first group; setting it sets every group's (one alone: `groups[i].lr`). */
  get lr(): number {
    return this.groups[0]!.lr;
  }

  set lr(value: number) {
    for (const group of this.groups) group.lr = value;
  }

  /**
   * Updates every parameter that has a gradient. All new values are computed before the first is written, so an error
   * leaves parameters and state as they were.
   *
   * With `only`, a single element, nothing is changed where it is 0: a compiled step skips an update that way.
   */
  step(only?: Tensor): void {
    const known = only === undefined ? null : elementsOf(only.detach());
    if (known?.[0] === 0) return;
    noGrad(() => {
      const writes: [Tensor, Tensor][] = [];
      this.groups.forEach(({ settings }, i) => {
        for (const entry of this.entries[i]!) this.update(entry, settings, writes);
      });
      const gate = known === null ? only : undefined;
      for (const [target, value] of writes) assign(target, gate === undefined ? value : where(gate, value, target));
    });
  }

  /** Forgets the gradients: sets `grad` of every parameter to null. */
  zeroGrad(): void {
    for (const { params } of this.groups) for (const p of params) p.grad = null;
  }

  /**
   * The state and settings as a flat record of tensors, to be saved and loaded: `"0.m"` is slot `m` of parameter 0
   * (counted through all groups), `"groups.0.lr"` a setting of group 0 in float64. A snapshot: later steps do not show.
   */
  stateDict(): Record<string, Tensor> {
    return noGrad(() => Object.fromEntries(this.tensors().map(([key, value]) => [key, value.detach()])));
  }

  /**
   * Goes on from a state that {@link Optimizer.stateDict} gave: slots and learning rates are loaded, so that training
   * continues with the same bits. Everything is checked before anything is changed.
   *
   * @throws OptionError for missing or surplus keys and for other settings than this optimizer's; ShapeError and
   * DTypeError for tensors that do not fit.
   */
  loadStateDict(dict: Readonly<Record<string, Tensor>>): void {
    const own = this.tensors();
    checkState(`${this.name}.loadStateDict`, own, dict);
    noGrad(() => own.forEach(([key, target]) => assign(target, dict[key]!)));
  }

  /** Every tensor of the state by its key; settings but `lr` are constants. */
  private tensors(): [string, Tensor][] {
    const slots = this.entries
      .flat()
      .flatMap((entry, i) =>
        Object.entries(entry.slots).map(([name, value]): [string, Tensor] => [`${i}.${name}`, value]),
      );
    return [...slots, ...this.groups.flatMap(({ settings }, i) => settingTensors(`groups.${i}.`, settings))];
  }

  /** Computes what one parameter and its slots become. */
  private update({ p, slots }: Entry, settings: RuleSettings<O>, writes: [Tensor, Tensor][]): void {
    if (p.grad === null) return;
    const state: Record<string, Tensor> = { ...slots, p, g: p.grad.to(p.dtype) };
    const step = slots["step"]?.add(1);
    if (step !== undefined) writes.push([slots["step"]!, (state["step"] = step)]);
    const updated: object = this.rule(state as Slots<Always, Sometimes>, settings);
    for (const [name, value] of Object.entries(updated) as [string, Tensor | undefined][]) {
      if (value === undefined || name === "step") continue;
      const target = name === "p" ? p : slots[name];
      checkFits(this.name, name, target, value);
      writes.push([target, value]);
    }
  }

  private makeGroups(params: OptimizerInput<O>, options: O): ParameterGroup<O>[] {
    const known = Object.keys(this.defaults);
    checkOptions(this.name, options, known);
    const seen = new Set<Tensor>();
    return groupsOf(params).map((group) => {
      checkOptions(this.name, group, ["params", ...known]);
      const list = parameterList(this.name, group.params);
      if (list.length === 0) throw this.empty();
      checkTrainable(this.name, list, seen);
      const { params: _, ...own } = group;
      const settings: Required<O> = { ...this.defaults, ...defined(options), ...defined(own) };
      this.check(settings);
      return new ParameterGroup<O>(this.name, list, settings);
    });
  }

  private empty(): OptionError {
    return new OptionError(
      `${this.name}: no parameters: an empty list (there is nothing to learn); pass model.parameters()`,
      { params: [] },
    );
  }
}

/** The groups as given, a plain list as one. */
function groupsOf<O extends OptimizerOptions>(params: OptimizerInput<O>): readonly GroupOptions<O>[] {
  return isGroupList(params) ? params : [{ params } as GroupOptions<O>];
}

function isGroupList<O extends OptimizerOptions>(params: OptimizerInput<O>): params is readonly GroupOptions<O>[] {
  const isGroup = (entry: unknown): boolean =>
    typeof entry === "object" && entry !== null && !(entry instanceof Tensor) && "params" in entry;
  return Array.isArray(params) && params.some(isGroup);
}

/** The options that were given: undefined counts as left out. */
function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

function makeSlots(
  p: Tensor,
  initial: Readonly<Record<string, number>>,
  scalars: readonly string[],
): Record<string, Tensor> {
  const make = (value: number): Tensor =>
    fromStorage(storageOf(p.dtype, allocate(p.dtype, p.size).fill(value)), p.shape);
  return Object.fromEntries(
    Object.entries(initial).map(([name, value]) => [
      name,
      name === "step" || scalars.includes(name) ? scalar(value) : make(value),
    ]),
  );
}

/** Refuses what a rule of one's own may get wrong, before anything is written. */
function checkFits(where: string, name: string, target: Tensor | undefined, value: Tensor): asserts target is Tensor {
  if (target === undefined) {
    throw new OptionError(`${where}: the rule answers an unknown slot: ${show(name)}; name it in slots() first`, {
      slot: name,
    });
  }
  if (!sameShape(target.shape, value.shape)) {
    throw new ShapeError(
      `${where}: the rule changes the shape of ${name}: ${showShape(target.shape)} → ${showShape(value.shape)}; ` +
        "answer tensors shaped like the parameter",
      { slot: name, before: target.shape, after: value.shape },
    );
  }
  if (target.dtype !== value.dtype) {
    throw new DTypeError(
      `${where}: the rule changes the dtype of ${name}: ${target.dtype} → ${value.dtype}; ` +
        `convert scalars such as lr with .to("${target.dtype}")`,
      { slot: name, before: target.dtype, after: value.dtype },
    );
  }
}
