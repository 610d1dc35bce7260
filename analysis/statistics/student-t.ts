import { gammaln } from "simple-statistics";

/**
 * P(|T| >= |t|) for Student's t with `degrees` of freedom: the regularised incomplete beta function
 * I_x(degrees / 2, 1 / 2) at x = degrees / (degrees + t^2), https://dlmf.nist.gov/8.17.
 */
export function studentTwoSidedP(t: number, degrees: number): number {
  if (!Number.isFinite(t)) return 0;
  return regularisedBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** The t that |T| exceeds with probability 1 - level; found by bisection, to 1e-9. */
export function studentCritical(level: number, degrees: number): number {
  let low = 0;
  let high = 1;
  while (studentTwoSidedP(high, degrees) > 1 - level) high *= 2;
  while (high - low > 1e-9 * high) {
    const middle = (low + high) / 2;
    if (studentTwoSidedP(middle, degrees) > 1 - level) low = middle;
    else high = middle;
  }
  return high;
}

/** P(Z > z) of the normal distribution: Student's t with so many degrees that they do not matter. */
export function normalTail(z: number): number {
  return studentTwoSidedP(z, 1e6) / 2;
}

function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The continued fraction converges fast below this point; above, use the symmetry of I_x.
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a);
  const logFront =
    a * Math.log(x) + b * Math.log1p(-x) + gammaln(a + b) - gammaln(a) - gammaln(b) - Math.log(a);
  return Math.exp(logFront) / continuedFraction(x, a, b);
}

/** DLMF 8.17.22, evaluated by Lentz's method: 1 + d1/(1 + d2/(1 + ...)). */
function continuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let value = 1;
  let numerator = 1;
  let denominator = 0;
  for (let n = 1; n <= 400; n += 1) {
    const m = n >> 1;
    const coefficient =
      n % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : -((a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    denominator = 1 / (1 + coefficient * denominator || tiny);
    numerator = 1 + coefficient / numerator || tiny;
    const factor = numerator * denominator;
    value *= factor;
    if (Math.abs(factor - 1) < 1e-15) break;
  }
  return value;
}
