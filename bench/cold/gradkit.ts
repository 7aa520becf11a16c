/** The first trained step of XOR with gradkit, compiled if the argument says so. Fails unless the loss is sound. */
import { Adam, Linear, Sequential, Sigmoid, compile, crossEntropy, tensor } from "gradkit";

const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
const y = tensor([0, 1, 1, 0]);
const model = new Sequential(new Linear(2, 3), new Sigmoid(), new Linear(3, 2));
const optimizer = new Adam(model.parameters(), { lr: 0.05 });
const update = () => {
  optimizer.zeroGrad();
  const loss = crossEntropy(model.forward(x), y);
  loss.backward();
  optimizer.step();
  return loss;
};
const step = process.argv[2] === "compiled" ? compile(update) : update;
const loss = step().item();
process.exitCode = loss > 0.3 && loss < 3 ? 0 : 1;
