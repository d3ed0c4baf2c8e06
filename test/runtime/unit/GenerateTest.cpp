// A model as a function from ids to scores; greedy choice; what a generator refuses.
#include "runtime/generate/Generation.h"

#include <array>
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>

using namespace heed::runtime;

namespace {

// Counts: after id i comes i + 1, and after the last of 5 the first. At most 3 positions.
constexpr int64_t vocabulary = 5;
int64_t sizeB(const int64_t *s) { return s[0]; }
int64_t sizeT(const int64_t *s) { return s[1]; }
int64_t sizeV(const int64_t *) { return vocabulary; }
int64_t none(const int64_t *) { return 0; }
int32_t count(heed_call *call) {
  int64_t positions = call->sizes[0] * call->sizes[1];
  if (call->sizes[1] > 3)
    return call->host->fail(call, 0, call->sizes[1]), 1;
  auto *scores = static_cast<uint16_t *>(call->outputs[0]); // bf16
  std::memset(scores, 0, size_t(positions * vocabulary) * 2);
  for (int64_t p = 0; p != positions; ++p)
    scores[p * vocabulary + (static_cast<int32_t *>(call->inputs[1])[p] + 1) % vocabulary] = 0x3f80;
  return 0;
}
const char *const sizes[] = {"B", "T"};
const heed_axis axes[] = {{"B", sizeB, 0, 1, 0}, {"T", sizeT, 1, 1, 0}, {"5", sizeV, -1, 1, 0}};
const heed_tensor inputs[] = {{"mask", HEED_BOOL, 2, axes, 1, 1}, {"ids", HEED_I32, 2, axes, 0, 0}};
const heed_tensor scores = {"scores", HEED_BF16, 3, axes, 0, 0};
const heed_fault fault = {"T is {}, but at most 3 was required", "count.heed:2:3"};
heed_entry counting() { return {"forward", 2, sizes, 1, 2, inputs, 1, &scores, none, none, 1, &fault, count}; }
heed_model modelOf(const heed_entry &entry) {
  return {HEED_ABI_VERSION, "Count", "0", "f32", "x86-64", "", 0, nullptr, 0, 0, nullptr, 1, &entry, nullptr};
}

} // namespace

TEST_CASE("greedy takes the highest, of equals the first") {
  Greedy greedy;
  CHECK(greedy.choose(std::array{1.0f, 3.0f, 3.0f, 2.0f}) == 1);
  CHECK(greedy.choose(std::array{-INFINITY, -5.0f}) == 1);
  CHECK(greedy.choose(std::array{0.0f}) == 0);
}

TEST_CASE("ids one by one, until the model fails") {
  Cpu cpu(1);
  heed_entry entry = counting();
  Result<LanguageModel> language = LanguageModel::make(modelOf(entry), nullptr, cpu, 0);
  REQUIRE(language);
  CHECK(language->vocabulary() == vocabulary);
  Greedy greedy;
  Generation generation(*language, greedy, {3}, vocabulary);
  CHECK(*generation.next() == 4);
  CHECK(*generation.next() == 0);
  CHECK(*generation.next() == 1);
  Result<int32_t> beyond = generation.next();
  REQUIRE_FALSE(beyond);
  CHECK(beyond.error().text == "count.heed:2:3: T is 4, but at most 3 was required");
}

TEST_CASE("models that can't generate") {
  Cpu cpu(1);
  heed_entry entry = counting();
  entry.name = "loss";
  CHECK(LanguageModel::make(modelOf(entry), nullptr, cpu, 0).error().text ==
        "the model `Count` has no entry `forward`, so it can't generate");
  entry = counting();
  entry.stream = -1;
  CHECK(LanguageModel::make(modelOf(entry), nullptr, cpu, 0).error().text ==
        "generating needs an entry that takes ids i32 [B, stream T] and gives scores [B, T, V] first; `Count` has "
        "forward(mask?: bool [B, T], ids: i32 [B, T]) -> (scores: bf16 [B, T, 5])");
}
