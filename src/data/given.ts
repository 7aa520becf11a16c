/** What is asked of data by whatever is given some. */

import { show } from "../check";
import { OptionError } from "../errors";
import { Dataset } from "./dataset";

/** Refuses anything but a dataset; returns it. */
export function checkDataset(where: string, name: string, data: unknown): Dataset {
  if (data instanceof Dataset) return data;
  throw new OptionError(`${where}: ${name} is not a Dataset: ${show(data)}; make one with Dataset.from({ x, y })`, {
    [name]: data,
  });
}
