// A loop of fused multiply-adds, and a loop of loads.
#include "Limits.h"

#include <immintrin.h>

#include <thread>

namespace heed::bench {
namespace {

constexpr int64_t fmaRounds = 100'000;
volatile float floatSink;
volatile uint64_t wordSink;

// Enough independent chains to cover the latency of 4 cycles with two a cycle, few enough for the registers.
constexpr int wideChains = 24, narrowChains = 12;

__attribute__((target("avx512f"))) void fmaWide() {
  __m512 sums[wideChains], x = _mm512_set1_ps(0.999f), y = _mm512_set1_ps(0.001f);
  for (int i = 0; i != wideChains; ++i)
    sums[i] = _mm512_set1_ps(float(i) * 0.001f);
  for (int64_t round = 0; round != fmaRounds; ++round)
#pragma unroll
    for (int i = 0; i != wideChains; ++i) {
      sums[i] = _mm512_fmadd_ps(sums[i], x, y);
      asm volatile("" : "+v"(sums[i])); // keeps each in its register
    }
  for (int i = 1; i != wideChains; ++i)
    sums[0] = _mm512_add_ps(sums[0], sums[i]);
  floatSink = _mm512_reduce_add_ps(sums[0]);
}

__attribute__((target("avx2,fma"))) void fmaNarrow() {
  __m256 sums[narrowChains], x = _mm256_set1_ps(0.999f), y = _mm256_set1_ps(0.001f);
  for (int i = 0; i != narrowChains; ++i)
    sums[i] = _mm256_set1_ps(float(i) * 0.001f);
  for (int64_t round = 0; round != fmaRounds; ++round)
#pragma unroll
    for (int i = 0; i != narrowChains; ++i) {
      sums[i] = _mm256_fmadd_ps(sums[i], x, y);
      asm volatile("" : "+x"(sums[i]));
    }
  for (int i = 1; i != narrowChains; ++i)
    sums[0] = _mm256_add_ps(sums[0], sums[i]);
  floatSink = _mm256_cvtss_f32(sums[0]);
}

/// Four sums, so that loads do not wait for additions; the compiler makes vectors of them.
__attribute__((target_clones("avx512f", "avx2", "default"))) uint64_t sumOf(const uint64_t *words, size_t count) {
  uint64_t sum = 0;
#pragma clang loop vectorize(enable) interleave_count(4)
  for (size_t i = 0; i != count; ++i)
    sum += words[i];
  return sum;
}

/// `share(i)` in thread i, the caller being the first.
void onThreads(int threads, const std::function<void(int)> &share) {
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i)
    others.emplace_back(share, i);
  share(0);
  for (std::thread &other : others)
    other.join();
}

} // namespace

Contender fmaLimit(bool wide, int threads) {
  bool has = wide && __builtin_cpu_supports("avx512f");
  auto run = [=] { onThreads(threads, [=](int) { has ? fmaWide() : fmaNarrow(); }); };
  return {run, double(fmaRounds) * (has ? wideChains * 16 : narrowChains * 8) * 2 * threads};
}

Contender readLimit(const std::byte *data, size_t bytes, int threads) {
  auto *words = reinterpret_cast<const uint64_t *>(data);
  size_t share = bytes / sizeof(uint64_t) / size_t(threads);
  auto run = [=] { onThreads(threads, [=](int i) { wordSink = sumOf(words + size_t(i) * share, share); }); };
  return {run, double(share * sizeof(uint64_t)) * threads};
}

} // namespace heed::bench
