/** Digits for people: which classes are read rightly, and what misread images look like, in plain text. */

/** A table of right and wrong per class, with the digit each class is most often mistaken for. */
export function perClass(truth: readonly number[], predicted: readonly number[]): string {
  const rows = ["digit   right   wrong   right %   mostly mistaken for"];
  for (let digit = 0; digit < 10; digit++) {
    const read = predicted.filter((_, i) => truth[i] === digit);
    const wrong = read.filter((value) => value !== digit);
    const counts = Array.from({ length: 10 }, (_, other) => wrong.filter((value) => value === other).length);
    const most = Math.max(...counts);
    const mistaken = most === 0 ? "-" : `${counts.indexOf(most)} (${most === 1 ? "once" : `${most} times`})`;
    const right = read.length - wrong.length;
    const percent = read.length === 0 ? "-" : ((100 * right) / read.length).toFixed(1);
    rows.push(`${digit}`.padStart(5) + `${right}`.padStart(8) + `${wrong.length}`.padStart(8) + percent.padStart(10) + `   ${mistaken}`);
  }
  return rows.join("\n");
}

const SHADES = " ░▒▓█";

/** Images side by side, each under its caption; pixels are in [0, 1], two rows of them to a line of text. */
export function drawDigits(images: readonly { pixels: readonly (readonly number[])[]; caption: string }[]): string {
  const blocks = images.map(({ pixels, caption }) => {
    const lines: string[] = [caption.padEnd(pixels[0]!.length)];
    for (let row = 0; row + 1 < pixels.length; row += 2) {
      const upper = pixels[row]!;
      const lower = pixels[row + 1]!;
      lines.push(upper.map((value, i) => SHADES[Math.round(((value + lower[i]!) / 2) * 4)]!).join(""));
    }
    return lines;
  });
  return blocks[0]!.map((_, line) => blocks.map((block) => block[line]!).join("  ").trimEnd()).join("\n");
}
