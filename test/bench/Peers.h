// OpenBLAS and oneDNN, on one core. In: dense row-major arrays. Out: products, and what a program without fused kernels
// makes of them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace heed::bench {

/// Both libraries to one thread, and OpenBLAS to the kernels that this machine deserves, for which the program may have
/// to begin again with `words`. To be called first.
void prepareThem(char **words);
/// "OpenBLAS 0.3.21 … SkylakeX …, oneDNN 2.6.3".
const char *peersText();

/// C (M, N) = A (M, K) B (K, N); `ldX` is the distance of rows.
struct Matrices {
  int64_t M, N, K;
  const float *a;
  int64_t lda;
  const float *b;
  int64_t ldb;
  float *c;
  int64_t ldc;
  bool transposed = false; ///< B is given as (N, K)
  float scale = 1;
};
void blasProduct(const Matrices &);

/// One product of oneDNN with weights in the layout that it prefers, packed beforehand.
class PackedProduct {
public:
  enum class Type { F32, BF16 };
  /// a: (M, K), weights: (K, N), rounded to the type; with `bias` (N) the result is gelu_tanh(a W + bias).
  PackedProduct(Type, int64_t M, int64_t N, int64_t K, std::span<const float> a, std::span<const float> weights,
                std::span<const float> bias = {});
  PackedProduct(PackedProduct &&) noexcept;
  ~PackedProduct();
  void run();

private:
  struct Parts;
  std::unique_ptr<Parts> parts;
};

/// gelu_tanh(x + bias), row by row, in place. x: (M, N)
void biasAndGelu(float *x, const float *bias, int64_t M, int64_t N);
/// y = (x - mean) / sqrt(var + 1e-5) * weight + bias of each row. x, y: (M, N)
void layerNorm(const float *x, const float *weight, const float *bias, float *y, int64_t M, int64_t N);

/// Causal attention without fusion: products by OpenBLAS, a softmax over rows between. q, k, v, y: (T, H, E) at rows of
/// `stride` and `ldy` floats; `scores`: (T, T). A query sees its own key and `window` - 1 before it.
struct Attention {
  int64_t T, H, E;
  const float *q, *k, *v;
  int64_t stride;
  float *y;
  int64_t ldy;
  float *scores;
  int64_t window = INT64_MAX;
};
void unfusedAttention(const Attention &);

} // namespace heed::bench
