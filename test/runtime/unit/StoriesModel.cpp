// Llama (Touvron et al., 2023) with the sizes of stories260K. Parameters show every kind of part: stacked, joined,
// transposed, whole.
#include "StoriesModel.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace {

constexpr int64_t dim = 64, hidden = 172, layers = 5, heads = 8, kvHeads = 4, vocab = 512, context = 512;
constexpr int64_t headSize = dim / heads, kvDim = headSize * kvHeads, qkvDim = dim + 2 * kvDim;
constexpr float eps = 1e-5f;

// Names of the stored tensors and of parts of all layers.
struct Names {
  char text[layers][32];
  heed_part parts[3 * layers];
};
struct Stored {
  const char *name;
  int64_t begin, extent;
  int32_t transposed;
};
template <size_t N> Names stacked(const Stored (&stored)[N]) {
  static std::array<Names, 16> pool; // the names that parts point to must not move
  static size_t used = 0;
  Names names{};
  for (size_t s = 0; s != N; ++s, ++used)
    for (int64_t layer = 0; layer != layers; ++layer) {
      char *text = pool[used].text[layer];
      snprintf(text, sizeof pool[used].text[layer], "layers.%d.%s", int(layer), stored[s].name);
      names.parts[s * layers + layer] = {text, stored[s].transposed, layer, stored[s].begin, stored[s].extent, nullptr};
    }
  return names;
}

constexpr int64_t floats(int64_t n) { return (n * 4 + 63) / 64 * 64; }
constexpr int64_t embedAt = 0, attnNormAt = embedAt + floats(vocab * dim), qkvAt = attnNormAt + floats(layers * dim),
                  woAt = qkvAt + floats(layers * dim * qkvDim), ffnNormAt = woAt + floats(layers * dim * dim),
                  w1At = ffnNormAt + floats(layers * dim), w2At = w1At + floats(layers * dim * hidden),
                  w3At = w2At + floats(layers * dim * hidden), normAt = w3At + floats(layers * dim * hidden),
                  imageBytes = normAt + floats(dim);

const int64_t embedShape[] = {vocab, dim}, rowShape[] = {layers, dim}, qkvShape[] = {layers, dim, qkvDim},
              woShape[] = {layers, dim, dim}, upShape[] = {layers, hidden, dim}, downShape[] = {layers, dim, hidden},
              normShape[] = {dim};
const heed_part embedPart = {"token_embedding_table", 0, -1, 0, dim, nullptr},
                normPart = {"rms_final_weight", 0, -1, 0, dim, nullptr};
const Names attnNorm = stacked({{"rms_att_weight", 0, dim, 0}}), ffnNorm = stacked({{"rms_ffn_weight", 0, dim, 0}});
const Names qkv = stacked({{"wq", 0, dim, 1}, {"wk", dim, kvDim, 1}, {"wv", dim + kvDim, kvDim, 1}});
const Names wo = stacked({{"wo", 0, dim, 0}}), w1 = stacked({{"w1", 0, dim, 0}}), w2 = stacked({{"w2", 0, hidden, 0}}),
            w3 = stacked({{"w3", 0, dim, 0}});

const heed_parameter parameters[] = {
    {"embed", HEED_F32, 2, embedShape, 0, embedAt, 1, &embedPart},
    {"layers.*.attn_norm", HEED_F32, 2, rowShape, 1, attnNormAt, layers, attnNorm.parts},
    {"layers.*.qkv", HEED_F32, 3, qkvShape, 1, qkvAt, 3 * layers, qkv.parts},
    {"layers.*.wo", HEED_F32, 3, woShape, 1, woAt, layers, wo.parts},
    {"layers.*.ffn_norm", HEED_F32, 2, rowShape, 1, ffnNormAt, layers, ffnNorm.parts},
    {"layers.*.w1", HEED_F32, 3, upShape, 1, w1At, layers, w1.parts},
    {"layers.*.w2", HEED_F32, 3, downShape, 1, w2At, layers, w2.parts},
    {"layers.*.w3", HEED_F32, 3, upShape, 1, w3At, layers, w3.parts},
    {"norm", HEED_F32, 1, normShape, 0, normAt, 1, &normPart},
};

// y[o] = sum over i of w[o * outStride + i * inStride] * x[i], for rows [r0, r1)
struct Product {
  const float *x, *w;
  float *y;
  int64_t in, out, outStride, inStride;
};
void multiplyRows(const void *args, int64_t r0, int64_t r1, int64_t p0, int64_t p1, void *) {
  auto &product = *static_cast<const Product *>(args);
  for (int64_t r = r0; r != r1; ++r)
    for (int64_t o = p0; o != p1; ++o) {
#pragma clang fp reassociate(on) // lets the sum run in several lanes: this test decodes a whole story
      float sum = 0;
      for (int64_t i = 0; i != product.in; ++i)
        sum += product.w[o * product.outStride + i * product.inStride] * product.x[r * product.in + i];
      product.y[r * product.out + o] = sum;
    }
}
void multiply(heed_call *call, int64_t rows, Product product) {
  call->host->parallel_for(call, multiplyRows, &product, rows, product.out, 1);
}

void normalise(const float *x, const float *weight, float *y, int64_t rows) {
  for (int64_t r = 0; r != rows; ++r, x += dim, y += dim) {
    float squares = 0;
    for (int64_t i = 0; i != dim; ++i)
      squares += x[i] * x[i];
    float scale = 1 / std::sqrt(squares / dim + eps);
    for (int64_t i = 0; i != dim; ++i)
      y[i] = weight[i] * (scale * x[i]);
  }
}

void rotate(float *row, int64_t width, int64_t position) {
  for (int64_t i = 0; i != width; i += 2) {
    float angle = float(position) * std::pow(10000.0f, -float(i % headSize) / headSize), c = std::cos(angle),
          s = std::sin(angle);
    float a = row[i], b = row[i + 1];
    row[i] = a * c - b * s;
    row[i + 1] = a * s + b * c;
  }
}

/// For one sequence: qkv: (T, q + k + v) -> out: (T, dim), causal; `weights` holds T floats.
void attend(const float *qkv, float *out, float *weights, int64_t T) {
  for (int64_t t = 0; t != T; ++t)
    for (int64_t h = 0; h != heads; ++h) {
      const float *q = qkv + t * qkvDim + h * headSize, *k = qkv + dim + h / (heads / kvHeads) * headSize,
                  *v = k + kvDim;
      float largest = -INFINITY, sum = 0, *o = out + t * dim + h * headSize;
      for (int64_t s = 0; s <= t; ++s) {
        weights[s] = 0;
        for (int64_t d = 0; d != headSize; ++d)
          weights[s] += q[d] * k[s * qkvDim + d];
        largest = std::fmax(largest, weights[s] /= std::sqrt(float(headSize)));
      }
      for (int64_t s = 0; s <= t; ++s)
        sum += weights[s] = std::exp(weights[s] - largest);
      std::memset(o, 0, headSize * sizeof(float));
      for (int64_t s = 0; s <= t; ++s)
        for (int64_t d = 0; d != headSize; ++d)
          o[d] += weights[s] / sum * v[s * qkvDim + d];
    }
}

int32_t forward(heed_call *call) {
  int64_t B = call->sizes[0], T = call->sizes[1], rows = B * T;
  auto *tokens = static_cast<const int32_t *>(call->inputs[0]);
  auto *logits = static_cast<float *>(call->outputs[0]);
  auto weight = [&](int64_t at, int64_t layer, int64_t size) {
    return reinterpret_cast<const float *>(static_cast<const char *>(call->weights) + at) + layer * size;
  };
  if (T > context)
    return call->host->fail(call, 1, T), 1;
  for (int64_t r = 0; r != rows; ++r)
    if (tokens[r] < 0 || tokens[r] >= vocab)
      return call->host->fail(call, 0, tokens[r]), 1;

  auto *x = static_cast<float *>(call->arena), *n = x + rows * dim, *mixed = n + rows * dim,
       *up = mixed + rows * qkvDim, *gate = up + rows * hidden, *scores = gate + rows * hidden;
  for (int64_t r = 0; r != rows; ++r)
    std::memcpy(x + r * dim, weight(embedAt, tokens[r], dim), dim * sizeof(float));
  for (int64_t layer = 0; layer != layers; ++layer) {
    normalise(x, weight(attnNormAt, layer, dim), n, rows);
    multiply(call, rows, {n, weight(qkvAt, layer, dim * qkvDim), mixed, dim, qkvDim, 1, qkvDim});
    for (int64_t r = 0; r != rows; ++r)
      rotate(mixed + r * qkvDim, dim + kvDim, r % T);
    for (int64_t b = 0; b != B; ++b)
      attend(mixed + b * T * qkvDim, n + b * T * dim, scores, T);
    multiply(call, rows, {n, weight(woAt, layer, dim * dim), mixed, dim, dim, dim, 1});
    for (int64_t i = 0; i != rows * dim; ++i)
      x[i] += mixed[i];
    normalise(x, weight(ffnNormAt, layer, dim), n, rows);
    multiply(call, rows, {n, weight(w1At, layer, dim * hidden), gate, dim, hidden, dim, 1});
    multiply(call, rows, {n, weight(w3At, layer, dim * hidden), up, dim, hidden, dim, 1});
    for (int64_t i = 0; i != rows * hidden; ++i)
      up[i] *= gate[i] / (1 + std::exp(-gate[i]));
    multiply(call, rows, {up, weight(w2At, layer, dim * hidden), mixed, hidden, dim, hidden, 1});
    for (int64_t i = 0; i != rows * dim; ++i)
      x[i] += mixed[i];
  }
  normalise(x, weight(normAt, 0, 0), n, rows);
  multiply(call, rows, {n, weight(embedAt, 0, 0), logits, dim, vocab, dim, 1});
  return 0;
}

int32_t initialise(heed_call *call) {
  for (int32_t i = 0; i != 9; ++i) {
    int64_t count = 1;
    for (int32_t axis = 0; axis != parameters[i].rank; ++axis)
      count *= parameters[i].shape[axis];
    for (int64_t element = 0; element != count; ++element) {
      uint32_t counter[4] = {uint32_t(i), 0, 0, uint32_t(element)}, bits[4];
      call->host->random_bits(call->seed, counter, bits);
      static_cast<float *>(call->outputs[i])[element] = (float(bits[0] >> 9) + 0.5f) * 0x1p-23f - 0.5f;
    }
  }
  return 0;
}

int64_t sizeB(const int64_t *sizes) { return sizes[0]; }
int64_t sizeT(const int64_t *sizes) { return sizes[1]; }
int64_t sizeV(const int64_t *) { return vocab; }
int64_t none(const int64_t *) { return 0; }
int64_t arenaBytes(const int64_t *sizes) {
  return (sizes[0] * sizes[1] * (2 * dim + qkvDim + 2 * hidden) + sizes[1]) * int64_t(sizeof(float));
}

const char *const sizes[] = {"B", "T"};
const heed_axis tokenAxes[] = {{"B", sizeB, 0, 1, 0}, {"T", sizeT, 1, 1, 0}};
const heed_axis logitAxes[] = {{"B", sizeB, -1, 1, 0}, {"T", sizeT, -1, 1, 0}, {"512", sizeV, -1, 1, 0}};
const heed_tensor tokens = {"tokens", HEED_I32, 2, tokenAxes, 0, 0}, logits = {"logits", HEED_F32, 3, logitAxes, 0, 0};
const heed_fault faults[] = {{"index {} is outside axis 0 of `embed`, whose size is 512", "stories.heed:9:7"},
                             {"T is {}, but at most 512 was required", "stories.heed:8:5"}};
const heed_entry entries[] = {{"forward", 2, sizes, 1, 1, &tokens, 1, &logits, arenaBytes, none, 2, faults, forward}};
const heed_entry initial = {"initialise", 0, nullptr, -1, 0, nullptr, 9, nullptr, none, none, 0, nullptr, initialise};
const char *const ignored[] = {"freq_cis_*"};

} // namespace

extern "C" const heed_model *heed_stories(void) {
  static const heed_model model = {HEED_ABI_VERSION, "Stories",  "0", "f32",   "x86-64", "sse2",  9,
                                   parameters,       imageBytes, 1,   ignored, 1,        entries, &initial};
  return &model;
}
