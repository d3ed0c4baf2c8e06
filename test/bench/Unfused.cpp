// What stands between products in a program without fused kernels: each a loop over rows that the compiler makes
// vectors of, for every width of vector.
#include "Peers.h"

#include <algorithm>
#include <bit>
#include <cmath>

// Sums may be taken in any order here; each function is compiled once for each width.
#pragma clang fp reassociate(on) contract(fast)
#define HEED_EVERY_WIDTH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))

namespace heed::bench {
namespace {

/// e^x for x <= 0 or slightly above, relative error about 1e-7: 2^whole 2^rest, the latter by its Taylor series.
inline __attribute__((always_inline)) float exponential(float x) {
#pragma clang fp reassociate(off)
  x = x < -87.0f ? -87.0f : x > 87.0f ? 87.0f : x;
  float whole = __builtin_rintf(x * 1.44269504f);
  float rest = x - whole * 0.693145752f - whole * 1.42860677e-6f;
  float p = 1.0f / 5040;
  p = p * rest + 1.0f / 720;
  p = p * rest + 1.0f / 120;
  p = p * rest + 1.0f / 24;
  p = p * rest + 1.0f / 6;
  p = p * rest + 0.5f;
  p = p * rest + 1.0f;
  p = p * rest + 1.0f;
  return std::bit_cast<float>(std::bit_cast<int32_t>(p) + (int32_t(whole) << 23));
}

/// The weights of one row, in place: 0 outside of [first, last).
HEED_EVERY_WIDTH void softmaxRow(float *row, int64_t first, int64_t last, int64_t count) {
  float most = row[first];
  for (int64_t j = first; j < last; ++j)
    most = row[j] > most ? row[j] : most;
  float sum = 0;
  for (int64_t j = first; j < last; ++j) {
    row[j] = exponential(row[j] - most);
    sum += row[j];
  }
  float scale = 1 / sum;
  for (int64_t j = first; j < last; ++j)
    row[j] *= scale;
  std::fill(row, row + first, 0.0f);
  std::fill(row + last, row + count, 0.0f);
}

} // namespace

HEED_EVERY_WIDTH void biasAndGelu(float *x, const float *bias, int64_t M, int64_t N) {
  for (int64_t i = 0; i != M; ++i)
    for (int64_t j = 0; j != N; ++j) {
      float value = x[i * N + j] + bias[j];
      // 0.5 x (1 + tanh u) = x / (1 + exp(-2u))
      float u = 0.797884561f * (value + 0.044715f * value * value * value);
      x[i * N + j] = value / (1 + exponential(-2 * u));
    }
}

HEED_EVERY_WIDTH void layerNorm(const float *x, const float *weight, const float *bias, float *y, int64_t M,
                                int64_t N) {
  for (int64_t i = 0; i != M; ++i) {
    const float *row = x + i * N;
    float sum = 0, squares = 0;
    for (int64_t j = 0; j != N; ++j)
      sum += row[j];
    float mean = sum / float(N);
    for (int64_t j = 0; j != N; ++j)
      squares += (row[j] - mean) * (row[j] - mean);
    float scale = 1 / std::sqrt(squares / float(N) + 1e-5f);
    for (int64_t j = 0; j != N; ++j)
      y[i * N + j] = (row[j] - mean) * scale * weight[j] + bias[j];
  }
}

void unfusedAttention(const Attention &a) {
  for (int64_t h = 0; h != a.H; ++h) {
    blasProduct({a.T, a.T, a.E, a.q + h * a.E, a.stride, a.k + h * a.E, a.stride, a.scores, a.T, true,
                 1 / std::sqrt(float(a.E))});
    for (int64_t i = 0; i != a.T; ++i)
      softmaxRow(a.scores + i * a.T, std::max<int64_t>(i + 1 - std::min(a.window, a.T), 0), i + 1, a.T);
    blasProduct({a.T, a.E, a.T, a.scores, a.T, a.v + h * a.E, a.stride, a.y + h * a.E, a.ldy});
  }
}

} // namespace heed::bench
