/** The convolve kernel by its definition, in seven plain loops over views of any strides. */
import type { Shape } from "../../src/shape";
import type { Kernels } from "../../src/tensor/device";
import type { View } from "../../src/tensor/storage";
import { at } from "./views";

/** Sums in float64 (int32: modulo 2³²), and the sums of magnitudes, which rounding errors are measured by. */
export interface Correlation {
  readonly sums: number[];
  readonly scales: number[];
}

/** What `convolve` gives for a result of the shape. */
export function correlation(x: View, weight: View, attrs: Kernels["convolve"], shape: Shape): Correlation {
  const { groups, stride, dilation, padding } = attrs;
  const [batch, outputs, rows, columns] = shape as [number, number, number, number];
  const [, , height, width] = x.shape as [number, number, number, number];
  const [, channels, tapRows, taps] = weight.shape as [number, number, number, number];
  const sums: number[] = [];
  const scales: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < outputs; o++) {
      const first = Math.floor(o / (outputs / groups)) * channels;
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          let [sum, scale] = [0, 0];
          for (let c = 0; c < channels; c++) {
            for (let u = 0; u < tapRows; u++) {
              for (let v = 0; v < taps; v++) {
                const row = i * stride[0] + u * dilation[0] - padding[0];
                const column = j * stride[1] + v * dilation[1] - padding[1];
                if (row < 0 || row >= height || column < 0 || column >= width) continue;
                const [left, right] = [at(x, [b, first + c, row, column]), at(weight, [o, c, u, v])];
                const whole = x.dtype === "int32" && weight.dtype === "int32";
                sum = whole ? (sum + Math.imul(left, right)) | 0 : sum + left * right;
                scale += Math.abs(left * right);
              }
            }
          }
          sums.push(sum);
          scales.push(scale);
        }
      }
    }
  }
  return { sums, scales };
}
